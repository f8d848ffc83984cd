"""The canary: a few awkward values, bulk-copied and read back, before a server is trusted with a load.

Some servers and proxies answer the copy's questions wrongly, read its decimals wrongly, or never answer, and
still report success. So it is asked once a process and server, under a time limit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa

from pipelines.landing.destinations.sqlserver.fields import Field
from pipelines.landing.destinations.sqlserver.statements import (
    Relation,
    create_scratch,
    drop,
)
from pipelines.warehouse.quoting import quoted

SECONDS = 30
_ZONED = pa.timestamp("us", tz="UTC")
FIELDS = (
    Field("number", "bigint", "int", pa.int32()),
    Field("amount", "decimal", "decimal(20, 4)", pa.decimal128(20, 4), scale=4),
    Field("words", "text", "nvarchar(40)", pa.string(), length=40),
    Field("moment", "timestamp", "datetimeoffset(6)", _ZONED),
    Field("clock", "timestamp", "datetime2(6)", pa.timestamp("us")),
    Field("day", "date", "date", pa.date32()),
    Field("ratio", "double", "float", pa.float64()),
    Field("yes", "bool", "bit", pa.bool_()),
)
_MOMENT = datetime(2026, 2, 28, 23, 59, 59, 123_456, timezone(timedelta(hours=5, minutes=30)))
_CLOCK = datetime(1999, 12, 31, 23, 59, 59, 999_999)
ROWS: tuple[tuple[Any, ...], ...] = (
    (1, Decimal("-1234567890123456.7891"), "Käse 🧀 水", _MOMENT, _CLOCK, date(1, 1, 1), 0.1, True),
    (2, None, None, None, None, None, None, None),
    (-2147483648, Decimal("0.0001"), "", _MOMENT, _CLOCK, date(9999, 12, 31), -1e-300, False),
)


class CopySession(Protocol):
    """What a load asks of a connection."""

    def run(self, sql: str, parameters: Any = ()) -> None: ...

    def rows(self, sql: str, parameters: Any = ()) -> list[tuple[Any, ...]]: ...

    def copy(self, table: str, rows: pa.Table, *, seconds: int) -> None: ...


_verdicts: dict[str, str | None] = {}
_one_at_a_time = threading.Lock()


def why_not(
    server: str, open_session: Callable[[], AbstractContextManager[CopySession]], scratch: Relation
) -> str | None:
    """Why this server's bulk copy is not to be used; None where it brought the canary back unharmed."""
    with _one_at_a_time:
        if server not in _verdicts:
            _verdicts[server] = _asked(open_session, scratch)
        return _verdicts[server]


def forget() -> None:
    """The next load asks again."""
    _verdicts.clear()


def read_back(scratch: Relation) -> str:
    """As text where a driver could misread what the server has right, or right what it has wrong."""
    plain = {"words", "ratio", "yes"}
    listed = [
        f"    {quoted(field.name)}"
        if field.name in plain
        else f"    cast({quoted(field.name)} as varchar(60))"
        for field in FIELDS
    ]
    return "select\n" + ",\n".join(listed) + f'\nfrom {scratch}\norder by "_place"'


def _asked(open_session: Callable[[], AbstractContextManager[CopySession]], scratch: Relation) -> str | None:
    """In a thread of its own: a copy that hangs ignores its own time limit, and then the thread is left."""
    said: list[str | None] = []

    def ask() -> None:
        said.append(_flown(open_session, scratch))

    thread = threading.Thread(target=ask, name="canary", daemon=True)
    thread.start()
    thread.join(SECONDS)
    return said[0] if said else f"a trial copy did not end within {SECONDS} seconds"


def _flown(open_session: Callable[[], AbstractContextManager[CopySession]], scratch: Relation) -> str | None:
    try:
        with open_session() as session:
            session.run(create_scratch(scratch, FIELDS))
            try:
                session.copy(f"[{scratch.schema}].[{scratch.name}]", _table(), seconds=SECONDS // 2)
                found = session.rows(read_back(scratch))
            finally:
                session.run(drop(scratch))
    except Exception as failed:  # noqa: BLE001 - whatever it is, the copy cannot be used; the other way will say
        return f"a trial copy failed ({type(failed).__name__})"
    wrong = _difference(found)
    return f"a trial copy came back with another {wrong}" if wrong else None


def _table() -> pa.Table:
    columns = list(zip(*ROWS, strict=True))
    arrays = [pa.array(values, field.arrow) for values, field in zip(columns, FIELDS, strict=True)]
    return pa.table(
        [pa.array(range(len(ROWS)), pa.int64()), *arrays],
        schema=pa.schema([("_place", pa.int64()), *((field.name, field.arrow) for field in FIELDS)]),
    )


def _difference(found: list[tuple[Any, ...]]) -> str | None:
    if len(found) != len(ROWS):
        return "number of rows"
    for sent, there in zip(ROWS, found, strict=True):
        for field, value, text in zip(FIELDS, sent, there, strict=True):
            if (None if text is None else _read(field, text)) != value:
                return field.name
    return None


def _read(field: Field, text: Any) -> Any:
    """The value that the server's text means."""
    if field.name == "number":
        return int(text)
    if field.name == "amount":
        return Decimal(str(text))
    if field.name == "moment":
        moment = datetime.fromisoformat(str(text).replace(" +", "+").replace(" -", "-"))
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if field.name == "clock":
        return datetime.fromisoformat(str(text))
    return date.fromisoformat(str(text)) if field.name == "day" else text
