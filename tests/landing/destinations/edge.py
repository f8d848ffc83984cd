"""A SQL Server at the driver's edge, for what a load does of it: an SQLite would do, this is DuckDB.

Statements arrive as they are sent and are kept. A copy can be made to fail, stop half-way, bring other values
than it was given, or hang. What a SQL Server itself would answer only a server can say.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.landing.destinations.sqlserver.copying import Route
from pipelines.landing.destinations.sqlserver.fields import Field, field_of
from pipelines.landing.destinations.sqlserver.statements import SCRATCH, Relation
from pipelines.warehouse.quoting import quoted

_WORDS = (
    ("count_big(", "count("), ("nvarchar(max)", "varchar"), ("varbinary(max)", "blob"),
    ("datetimeoffset(6)", "timestamptz"), ("datetime2(6)", "timestamp"),
    (" float ", " double "), (" bit ", " boolean "),
)  # fmt: skip
_COLUMNS = re.compile(r"insert into (\S+) \((.*)\)")


class Edge:
    """One server: `statements` in order, `copies` in order; `tamper` sees each chunk of a copy."""

    def __init__(self) -> None:
        self._database = duckdb.connect()
        self._database.execute("set TimeZone = 'UTC'")
        self._database.execute("create schema staging_shop")
        self.statements: list[str] = []
        self.copies: list[tuple[str, int]] = []
        self.batches: list[str] = []
        self.tamper: Callable[[str, pa.Table], pa.Table] = lambda table, rows: rows
        self.refuse: Callable[[str], None] = lambda statement: None
        self.answers = True

    def route(self, bulk: str = "auto") -> Route:
        return Route("a server", self.session, bulk)  # type: ignore[arg-type]

    @contextmanager
    def session(self) -> Iterator[Session]:
        yield Session(self)

    def create(self, table: Relation, fields: Sequence[Field]) -> None:
        listed = ", ".join(f"{quoted(field.name)} {field.type} null" for field in fields)
        self.ask(f"create table {table} ({listed})")

    def rows(self, table: Relation) -> list[tuple[Any, ...]]:
        return self.ask(f"select * from {table} order by all")

    @property
    def scratch(self) -> list[str]:
        """Scratch tables that are there now."""
        listed = self._database.execute("select table_name from duckdb_tables()").fetchall()
        return [name for (name,) in listed if name.startswith(SCRATCH)]

    def ask(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        self.statements.append(sql)
        self.refuse(sql)
        if "openjson" in sql:
            return self._openjson(sql, json.loads(parameters[0]))
        for theirs, ours in _WORDS:
            sql = sql.replace(theirs, ours)
        sql = re.sub(r"nvarchar\(\d+\)", "varchar", sql)
        return self._database.execute(sql).fetchall()

    def _openjson(self, sql: str, rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        self.batches.append(sql)
        head = _COLUMNS.search(sql)
        assert head
        names = head[2].split(", ")
        values = [[_from_hex(row.get(f"c{at}"), name, sql) for at, name in enumerate(names)] for row in rows]
        places = ", ".join("?" for _ in names)
        self._database.executemany(f"insert into {head[1]} ({head[2]}) values ({places})", values)
        return []

    def copied(self, table: str, rows: pa.Table) -> None:
        self.copies.append((table, rows.num_rows))
        if not self.answers:
            threading.Event().wait()
        name = table.replace("[", '"').replace("]", '"')
        rows = self.tamper(table, rows)
        self._database.register("_sent", rows)
        self._database.execute(f"insert into {name} by name select * from _sent")
        self._database.unregister("_sent")


class Session:
    """One connection of it."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._edge.ask(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._edge.ask(sql, parameters)

    def copy(self, table: str, rows: pa.Table, *, seconds: int) -> None:
        assert seconds > 0
        self._edge.copied(table, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._edge.ask("begin transaction")
        try:
            yield
        except BaseException:
            self._edge.ask("rollback")
            raise
        self._edge.ask("commit")


def _from_hex(value: Any, name: str, sql: str) -> Any:
    return bytes.fromhex(value) if value is not None and f"convert(varbinary(max), {name}" in sql else value


def fields(**kinds: str) -> list[Field]:
    """Fields by dlt's words: `text`, `text(20)`, `decimal(12,2)`."""
    made = []
    for name, words in kinds.items():
        kind, _, sizes = words.rstrip(")").partition("(")
        first, _, second = sizes.partition(",")
        hint: dict[str, Any] = {"name": name, "data_type": kind, "timezone": False}
        if first:
            hint["precision"] = int(first)
        if second:
            hint["scale"] = int(second)
        made.append(field_of(hint))
    return made
