"""Columns of a staging table on SQL Server, and whether a chunk of rows fits them, before any is sent.

The server would refuse most of what is refused here as well, but in its own words, which may hold a value,
and only after other rows arrived.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import LandingError

WIDEST = 4_000  # UTF-16 units of an nvarchar(n); what is longer is nvarchar(max)
KEY_WIDTH = 850  # an index holds 1,700 bytes of a key
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_PLAIN = {
    "text": (pa.string(), "nvarchar(max)"),
    "json": (pa.string(), "nvarchar(max)"),
    "bigint": (pa.int64(), "bigint"),
    "double": (pa.float64(), "float"),
    "bool": (pa.bool_(), "bit"),
    "date": (pa.date32(), "date"),
    "timestamp": (pa.timestamp("us"), "datetime2(6)"),
    "binary": (pa.binary(), "varbinary(max)"),
}


@dataclass(frozen=True)
class Field:
    """One column: its kind as contracts and dlt call it, its type there and in Arrow; `length` of text."""

    name: str
    kind: str
    type: str
    arrow: pa.DataType
    length: int | None = None
    scale: int = 0


def field_of(column: Mapping[str, Any]) -> Field:
    """From dlt's hints of a column; `precision` of a text is its length."""
    name, kind = str(column["name"]), str(column["data_type"])
    precision = column.get("precision")
    if kind == "decimal":
        digits, scale = int(precision or 38), int(column.get("scale") or 0)
        return Field(name, kind, f"decimal({digits}, {scale})", pa.decimal128(digits, scale), scale=scale)
    arrow, there = _PLAIN[kind]
    if kind == "text" and precision and precision <= WIDEST:
        return Field(name, kind, f"nvarchar({precision})", arrow, length=int(precision))
    return Field(name, kind, there, arrow)


def fitting(rows: pa.Table, fields: Sequence[Field], table: str) -> pa.Table:
    """The rows with exactly these columns in exactly their types; those they lack are NULL.

    Raises LandingError, one sentence that names table and column, where a value has no place in its column.
    """
    columns = [_fitting(rows, field, table) for field in fields]
    return pa.table(columns, schema=pa.schema([(field.name, field.arrow) for field in fields]))


def _fitting(rows: pa.Table, field: Field, table: str) -> pa.ChunkedArray:
    if field.name not in rows.column_names:
        return pa.chunked_array([pa.nulls(rows.num_rows, field.arrow)])
    values = rows[field.name]
    try:
        exact = values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
        exact = exact.cast(field.arrow)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise _refused(table, field, f"holds values that are no {field.type}", 1) from None
    if wrong := _misfits(exact, field):
        raise _refused(table, field, *wrong)
    return exact


def _misfits(values: pa.ChunkedArray, field: Field) -> tuple[str, int] | None:
    if field.kind == "double":
        odd = values.length() - values.null_count - (pc.sum(pc.is_finite(values)).as_py() or 0)
        return ("holds NaN or infinity, which SQL Server does not know", odd) if odd else None
    if field.length:
        long = _longer(values, field.length)
        return (f"holds texts longer than its {field.length} UTF-16 units", long) if long else None
    if field.kind in ("date", "timestamp"):
        outside = _outside(values, field)
        return ("holds times outside the years 1 to 9999", outside) if outside else None
    return None


def _longer(values: pa.ChunkedArray, length: int) -> int:
    """How many texts need more UTF-16 units than there are; a character beyond the first 65,536 takes two."""
    if (pc.max(pc.binary_length(values)).as_py() or 0) <= length:
        return 0
    wide = pc.count_substring_regex(values, "[\U00010000-\U0010ffff]")
    units = pc.add(pc.utf8_length(values), wide)
    return int(pc.sum(pc.greater(units, length)).as_py() or 0)


def _outside(values: pa.ChunkedArray, field: Field) -> int:
    is_day = field.kind == "date"
    first = _FIRST if is_day else datetime(1, 1, 1)
    last = _LAST if is_day else datetime(9999, 12, 31, 23, 59, 59, 999_999)
    inside = pc.and_(
        pc.greater_equal(values, pa.scalar(first, field.arrow)),
        pc.less_equal(values, pa.scalar(last, field.arrow)),
    )
    return int(pc.sum(pc.invert(inside)).as_py() or 0)


def _refused(table: str, field: Field, what: str, rows: int) -> LandingError:
    return LandingError(
        f"{table}: the column {field.name} ({field.type}) {what} (rows of one chunk: {rows:,}).",
        "Nothing of it landed. Widen the column in the contract, or have the value corrected at its source.",
    )
