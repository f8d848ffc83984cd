"""INSERT BULK: the rows of a BCP stream into a table, or what a server does that takes them wrongly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tests.servers.tsql import tokens
from tests.servers.tsql.definitions import table_of
from tests.servers.tsql.questions import described
from tests.servers.tsql.tokens import SqlError
from tests.servers.tsql.translate import quoted

if TYPE_CHECKING:
    from tests.servers.tsql.session import Session

_STATEMENT = re.compile(r"\s*insert\s+bulk\s+((?:\[(?:[^\]]|\]\])*\]|[^\s(])+)\s*\(", re.IGNORECASE)


def table_named(batch: str) -> str | None:
    """The table of an INSERT BULK statement, None for another batch."""
    found = _STATEMENT.match(batch)
    return found[1] if found else None


def taken(session: Session, table: str, body: bytes) -> None:
    """Writes a stream's rows, in the session's transaction or by itself."""
    names, rows = tokens.read_bulk(body)
    told = len(rows)
    session.server.faults.check(f"insert bulk {table}")
    bulk = session.server.features.bulk
    if bulk == "refused":
        raise SqlError(4891, "Insert bulk failed due to a schema change of the target table.")
    if bulk == "short":
        rows = rows[:-1]
    if bulk == "misaligned":
        rows = [_exchanged(row) for row in rows]
    if rows:
        _written(session, table, names, rows)
    session.count = told
    session.reply.done("insert", told)


def _exchanged(row: list[Any]) -> list[Any]:
    """Values in each other's columns, as far as their types let them."""
    same = [at for at, value in enumerate(row) if isinstance(value, int) and not isinstance(value, bool)]
    if len(same) < 2:
        return [abs(value) if isinstance(value, (int, float)) else value for value in row]
    moved = list(row)
    moved[same[0]], moved[same[1]] = row[same[1]], row[same[0]]
    return moved


def _written(session: Session, table: str, names: list[str], rows: list[list[Any]]) -> None:
    kinds = dict(described(session, table))
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    arrays = [pa.array(values, _arrow(kinds[name], values)) for name, values in columns.items()]
    frame = pa.table(arrays, names=names)
    listed = ", ".join(map(quoted, names))
    session.duckdb.register("bulk_rows", frame)
    try:
        session.execute(f"insert into {table_of(table)} ({listed}) select {listed} from bulk_rows")
    finally:
        session.duckdb.unregister("bulk_rows")


def _arrow(kind: Any, values: list[Any]) -> pa.DataType | None:
    """Arrow's type where Python's values do not say it: decimals by their digits, columns of NULL."""
    if kind.name == "decimal":
        return pa.decimal128(kind.precision, kind.scale)
    if all(value is None for value in values):
        return pa.string() if kind.name == "nvarchar" else pa.null()
    return pa.timestamp("us", "UTC") if kind.name == "datetimeoffset" else None
