"""PostgreSQL's types: how each is selected so that nothing of a value is lost, and what batches then need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# `double`, `datetime`, `longtext` and so on: contracts of platforms that also run on MySQL use its words
_FAMILIES = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "integer", "bigint"), "integer"),
    **dict.fromkeys(("int2", "int4", "int8", "serial", "bigserial", "smallserial", "oid"), "integer"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("decimal", "numeric"), "decimal"),
    **dict.fromkeys(("real", "float", "float4", "float8", "double", "double precision"), "double"),
    **dict.fromkeys(("timestamp", "timestamptz", "datetime", "timestamp without time zone"), "timestamp"),
    "timestamp with time zone": "timestamp",
    **dict.fromkeys(("time", "time without time zone", "timetz", "time with time zone"), "time"),
    **dict.fromkeys(("bytea", "binary", "varbinary", "blob", "mediumblob", "longblob"), "binary"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    **dict.fromkeys(
        ("char", "character", "bpchar", "varchar", "character varying", "name", "citext"), "text"
    ),
    **dict.fromkeys(("text", "tinytext", "mediumtext", "longtext", "enum"), "text"),
}
# What the driver brings as it is. All else travels as the text PostgreSQL itself writes: numeric is exact so,
# and a type the driver has no Arrow type for would come as its wire bytes. char(n) loses only its padding.
_AS_IT_IS = frozenset(
    {"smallint", "integer", "bigint", "boolean", "real", "double precision", "text", "character varying",
     "bytea", "date", "timestamp without time zone", "timestamp with time zone"}
)  # fmt: skip
_SIZES = re.compile(r"\([0-9, ]*\)")

_1970, _FIRST = datetime(1970, 1, 1), datetime(1, 1, 1)
_LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class _Unit:
    """What times are counted in since 1970, and what PostgreSQL's own count since 2000 looks like."""

    numpy: str
    arrow: pa.DataType
    first: int
    last: int
    in_2000: int
    lowest: int
    highest: int


_TIME = _Unit(
    "datetime64[us]",
    pa.timestamp("us"),
    (_FIRST - _1970) // _MICROSECOND,
    (_LAST - _1970) // _MICROSECOND,
    (datetime(2000, 1, 1) - _1970) // _MICROSECOND,
    -(2**63),
    2**63 - 1,
)
_DAY = _Unit(
    "datetime64[D]",
    pa.date32(),
    (_FIRST - _1970).days,
    (_LAST - _1970).days,
    (datetime(2000, 1, 1) - _1970).days,
    -(2**31),
    2**31 - 1,
)


def family(source_type: str) -> str:
    """The types that are the same to a contract: `varchar(40)` and `text`, `numeric(12,2)` and `decimal`."""
    plain = _SIZES.sub("", source_type.lower()).strip()
    if plain.endswith("[]"):
        return family(plain.removesuffix("[]")) + "[]"
    return _FAMILIES.get(plain, plain)


def selected(quoted: str, source_type: str) -> str:
    """The SELECT expression of a column of that type."""
    if source_type in _AS_IT_IS:
        return quoted
    if source_type == "money":  # its text has a currency sign and separators, by the server's locale
        return f"cast(cast({quoted} as numeric) as text)"
    return f"cast({quoted} as text)"


def exact(batch: pa.RecordBatch, *, unchecked_text: bool) -> pa.RecordBatch:
    """The driver's batch without what only looks like a value.

    Times lose their zone (they are UTC on the wire); a column with a time beyond the years 1 to 9999, or an
    infinite one (which the driver turns into a wrong date), becomes text. `unchecked_text`: the database's
    encoding is SQL_ASCII, so texts may be no UTF-8 and then come as bytes.
    """
    columns = [_exact(column, unchecked_text=unchecked_text) for column in batch.columns]
    return pa.record_batch(columns, names=batch.schema.names)


def _exact(column: pa.Array, *, unchecked_text: bool) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        return _exact(column.storage, unchecked_text=unchecked_text)
    if pa.types.is_timestamp(column.type):
        return _time(column.view(pa.int64()), _TIME)
    if pa.types.is_date32(column.type):
        return _time(column.view(pa.int32()), _DAY)
    if unchecked_text and pa.types.is_string(column.type):
        return _valid_or_bytes(column)
    return column


def _time(whole: pa.Array, unit: _Unit) -> pa.Array:
    span = pc.min_max(whole).as_py()
    if span["min"] is None or (unit.first <= span["min"] and span["max"] <= unit.last):
        return whole.view(unit.arrow)
    return _written(whole, unit)


def _written(whole: pa.Array, unit: _Unit) -> pa.Array:
    """Times as ISO texts, years before 1 as astronomers count them; the two infinities by name.

    PostgreSQL marks an infinity by its lowest or highest number; the driver adds the years since 1970 to
    those, too, and leaves the range.
    """
    numbers = whole.fill_null(0).to_numpy(zero_copy_only=False)
    with np.errstate(over="ignore"):
        on_the_wire = numbers - numbers.dtype.type(unit.in_2000)
    texts = np.datetime_as_string(numbers.astype(unit.numpy)).astype(object)
    texts[on_the_wire == unit.highest] = "infinity"
    texts[on_the_wire == unit.lowest] = "-infinity"
    return pa.array(texts, pa.string(), mask=whole.is_null().to_numpy(zero_copy_only=False))


def _valid_or_bytes(column: pa.Array) -> pa.Array:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return column.view(pa.binary())
    return column
