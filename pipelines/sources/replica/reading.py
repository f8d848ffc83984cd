"""How one table is read: in full by key pages, or a half-open window of its cursor by (cursor, key) pages.

Pages that are interrupted go on after the last row they brought. What is not paged raises SourceInterrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.errors import SourceError
from pipelines.sources.config import Cursor, TableFetch
from pipelines.sources.replica.interruptions import Resumption
from pipelines.sources.replica.reader import Reader, Select, SourceTable

_CURSOR, _KEY = "_cursor", "_key"
_INTEGERS = frozenset(
    {"tinyint", "smallint", "mediumint", "int", "integer", "bigint"}  # not interval, not point
)


@dataclass(frozen=True)
class Window:
    """Half-open [low, high) in the cursor's unit, as text; rows whose cursor is unset always belong."""

    low: str
    high: str


@dataclass(frozen=True)
class TableRead:
    """One table's rows on the way. `distinct_keys`: no key can come twice, so no later check is needed."""

    mode: Literal["full", "window", "replay"]
    batches: Iterator[pa.RecordBatch]
    cursor_high: str | None
    distinct_keys: bool


def open_read(
    reader: Reader, contract: TableContract, fetch: TableFetch, source: SourceTable, low: str | None
) -> TableRead:
    """Plans and starts the read: a window from `low` (a cursor value as text) or, without it, everything."""
    high = _source_high(reader, fetch.cursor, source.name) if fetch.cursor else None
    expressions = tuple(
        (reader.expression(column, source.columns[column.name]), column.name) for column in contract.fetched
    )
    key = page_key(reader, contract, source)
    conditions = (fetch.row_filter,) if fetch.row_filter else ()
    base = Select(source.name, expressions, conditions)
    if fetch.cursor and low and high:
        window = Window(_minus_overlap(fetch, low), high)
        return TableRead("window", _window_pages(reader, base, fetch, window, key), high, False)
    if key:
        return TableRead("full", _key_pages(reader, base, fetch.page_rows, key), high, True)
    return TableRead("full", reader.stream(base), high, False)


def sweep_keys(
    reader: Reader,
    contract: TableContract,
    fetch: TableFetch,
    source: SourceTable,
    before: str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Only the key columns of every row, or of those whose cursor is unset or below `before`."""
    columns = [contract.column(name) for name in contract.key]
    expressions = tuple(
        (reader.expression(column, source.columns[column.name]), column.name) for column in columns
    )
    conditions: tuple[str, ...] = (fetch.row_filter,) if fetch.row_filter else ()
    if before is not None and fetch.cursor:
        moves = _cursor_expression(reader, fetch.cursor)
        conditions += (f"{moves} is null or {moves} < {_literal(fetch.cursor, before)}",)
    base = Select(source.name, expressions, conditions)
    key = page_key(reader, contract, source)
    return _key_pages(reader, base, fetch.page_rows, key) if key else reader.stream(base)


def page_key(reader: Reader, contract: TableContract, source: SourceTable) -> str | None:
    """The quoted key when it is one unique integer column: only then `> last` loses no row."""
    if len(contract.key) != 1 or frozenset(contract.key) not in source.unique_keys:
        return None
    return reader.quote(contract.key[0]) if source.columns[contract.key[0]] in _INTEGERS else None


def _key_pages(reader: Reader, base: Select, page_rows: int, key: str) -> Iterator[pa.RecordBatch]:
    """Pages by primary key: short statements, so that no long snapshot holds the replica back."""
    last: int | None = None
    resumption = Resumption(reader.wait)
    while True:
        after = (f"{key} > {last}",) if last is not None else ()
        page = Select(
            base.table, (*base.expressions, (key, _KEY)), base.conditions + after, (key,), page_rows
        )
        rows = 0
        try:
            for batch in reader.stream(page):
                rows += batch.num_rows
                if batch.num_rows:
                    last = int(batch.column(_KEY)[batch.num_rows - 1].as_py())
                    resumption.went_on()
                yield batch.drop_columns([_KEY])
        except SourceError as failed:
            resumption.after(failed)
        else:
            if rows < page_rows:
                return


def _window_pages(
    reader: Reader, base: Select, fetch: TableFetch, window: Window, key: str | None
) -> Iterator[pa.RecordBatch]:
    cursor = fetch.cursor
    assert cursor is not None  # noqa: S101 the caller's condition, for the type checker
    moves = _cursor_expression(reader, cursor)
    reached = reader.exact_time(moves) if cursor.unit == "timestamp" else moves
    unset = f"{moves} is null" + (f" or {moves} = 0" if cursor.unit == "epoch_seconds" else "")
    yield from reader.stream(Select(base.table, base.expressions, (*base.conditions, unset)))
    inside = (
        *base.conditions,
        f"{moves} >= {_literal(cursor, window.low)}",
        f"{moves} < {_literal(cursor, window.high)}",
    )
    if key is None:
        yield from reader.stream(Select(base.table, base.expressions, inside))
        return
    after: tuple[str, ...] = ()
    resumption = Resumption(reader.wait)
    while True:
        # time ties are massive (3,138 log rows in one second), hence (cursor, key) and never cursor alone
        listed = (*base.expressions, (reached, _CURSOR), (key, _KEY))
        page = Select(base.table, listed, inside + after, (moves, key), fetch.page_rows)
        rows = 0
        try:
            for batch in reader.stream(page):
                rows += batch.num_rows
                if batch.num_rows:
                    at, last = (batch.column(name)[batch.num_rows - 1].as_py() for name in (_CURSOR, _KEY))
                    value = _reached(reader, cursor, at)
                    after = (f"{moves} > {value} or ({moves} = {value} and {key} > {int(last)})",)
                    resumption.went_on()
                yield batch.drop_columns([_CURSOR, _KEY])
        except SourceError as failed:
            resumption.after(failed)
        else:
            if rows < fetch.page_rows:
                return


def _cursor_expression(reader: Reader, cursor: Cursor) -> str:
    quoted = [reader.quote(name) for name in cursor.names]
    return quoted[0] if len(quoted) == 1 else reader.greatest(quoted)


def _literal(cursor: Cursor, value: str) -> str:
    """A cursor value as SQL, re-parsed so that nothing but a number or an ISO time can be written."""
    if cursor.unit == "timestamp":
        return f"'{datetime.fromisoformat(value).isoformat(sep=' ')}'"
    return str(int(value))


def _reached(reader: Reader, cursor: Cursor, at: Any) -> str:
    """The cursor value a page ended with, as SQL. Where times are text they compare as text, so the text goes
    on as it was written: in another form of the same time the next page would skip rows or never move on."""
    if cursor.unit != "timestamp":
        if isinstance(at, (int, float)):
            return repr(at)
        # a decimal comes as text: as a float it might lose the digits that tell two rows apart
        return f"{Decimal(at.decode() if isinstance(at, bytes) else at):f}"
    return reader.text(at) if isinstance(at, (str, bytes)) else _literal(cursor, str(at))


def _source_high(reader: Reader, cursor: Cursor, table: str) -> str:
    """The window's open end: the source's own clock; for a sequence one past its highest value."""
    if cursor.unit == "sequence":
        highest = Select(table, ((f"max({_cursor_expression(reader, cursor)})", _CURSOR),))
        values = [batch.column(_CURSOR)[0].as_py() for batch in reader.stream(highest) if batch.num_rows]
        return str(int(values[0] or 0) + 1) if values else "1"
    now = reader.clock()
    if cursor.unit == "timestamp":
        return now.isoformat(sep=" ")
    return str(int(now.replace(tzinfo=UTC).timestamp()))


def _minus_overlap(fetch: TableFetch, low: str) -> str:
    """Re-reads `overlap` seconds (or ids): clocks differ, and long transactions commit late."""
    cursor = fetch.cursor
    assert cursor is not None  # noqa: S101 the caller's condition, for the type checker
    if cursor.unit == "timestamp":
        return (datetime.fromisoformat(low) - timedelta(seconds=fetch.overlap)).isoformat(sep=" ")
    return str(int(low) - fetch.overlap)
