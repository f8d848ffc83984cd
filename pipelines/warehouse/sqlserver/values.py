"""Values on their way to SQL Server and back: Python's types are the same as with DuckDB."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

_BIGINT = range(-(2**63), 2**63)
# what a type of SQL Server is called in the local DuckDB
_IN_DUCKDB = {
    "nvarchar": "varchar", "varchar": "varchar", "nchar": "varchar", "char": "varchar", "text": "varchar",
    "ntext": "varchar", "bigint": "bigint", "int": "integer", "smallint": "smallint", "tinyint": "smallint",
    "bit": "boolean", "float": "double", "real": "double", "date": "date", "datetime2": "timestamp",
    "datetime": "timestamp", "smalldatetime": "timestamp", "datetimeoffset": "timestamptz",
    "varbinary": "blob", "binary": "blob", "image": "blob", "uniqueidentifier": "uuid",
    "money": "decimal(19,4)", "time": "time",
}  # fmt: skip


def sent(parameters: Sequence[Any]) -> tuple[Any, ...]:
    """Parameters as the driver binds them: a list as JSON, for `openjson`; a time with a zone in UTC."""
    return tuple(_sent(value) for value in parameters)


def received(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """A `datetimeoffset` in UTC without zone, as every time of the warehouse is."""
    if not any(isinstance(value, datetime) and value.tzinfo for row in rows for value in row):
        return rows
    return [tuple(_naive(value) if isinstance(value, datetime) else value for value in row) for row in rows]


def spelled(kind: str, length: int | None, precision: int | None, scale: int | None) -> str:
    """A type as it is declared: `nvarchar(40)`, `nvarchar(max)`, `decimal(12,2)`, `datetime2(6)`."""
    kind = kind.lower()
    if kind in ("nvarchar", "varchar", "nchar", "char", "varbinary", "binary"):
        return f"{kind}({'max' if length in (None, -1) else length})"
    if kind in ("decimal", "numeric"):
        return f"decimal({precision},{scale})"
    if kind in ("datetime2", "datetimeoffset", "time"):
        return f"{kind}({7 if scale is None else scale})"
    return kind


def in_duckdb(spelling: str) -> str:
    """The local DuckDB's type for a column of this type."""
    kind = re.sub(r"\(.*", "", spelling)
    return spelling if kind == "decimal" else _IN_DUCKDB.get(kind, "varchar")


def _sent(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, frozenset)):
        return json.dumps([_item(item) for item in value])
    if isinstance(value, datetime):
        return _naive(value)
    if isinstance(value, int) and not isinstance(value, bool) and value not in _BIGINT:
        return Decimal(value)
    return value


def _item(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _naive(value: datetime) -> datetime:
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
