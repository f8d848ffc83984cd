"""SQL Server's types: which are the same, how each is selected without loss, and what arrives."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

FAMILIES = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), "integer"),
    **dict.fromkeys(("decimal", "numeric", "money", "smallmoney"), "decimal"),
    **dict.fromkeys(("real", "float", "double"), "double"),
    **dict.fromkeys(("datetime", "datetime2", "smalldatetime", "datetimeoffset"), "timestamp"),
    **dict.fromkeys(("char", "varchar", "nchar", "nvarchar", "text", "ntext"), "text"),
    **dict.fromkeys(("binary", "varbinary", "image"), "binary"),
    **dict.fromkeys(("bit", "bool"), "bool"),
}
# Types without a form here that keeps the value; a view can give one.
UNREAD = frozenset({"rowversion", "xml", "hierarchyid", "geography", "geometry", "sql_variant"})
TIMES = frozenset({"datetime", "datetime2", "smalldatetime", "datetimeoffset"})
_SELECTED = {
    "uniqueidentifier": "lower(cast({} as char(36)))",
    "bit": "cast({} as smallint)",  # 1 and 0, as everywhere, where the driver says true and false
    "tinyint": "cast({} as smallint)",
    "money": "cast({} as decimal(19, 4))",
    "smallmoney": "cast({} as decimal(19, 4))",
    "real": "cast({} as float(53))",
    "datetimeoffset": "cast(switchoffset({}, '+00:00') as datetime2(7))",
    "time": "convert(varchar(16), {}, 121)",
    "char": "rtrim({})",  # padding is no part of the value, here as on the other engines
    "text": "cast({} as varchar(max))",
    "image": "cast({} as varbinary(max))",
}
# The driver turns half a surrogate pair into U+FFFD without a word. So a true U+FFFD travels as U+FDD0, which
# is no character and stands in no text; what arrives as U+FFFD has lost something.
_LOST, _STAND_IN = "\ufffd", "\ufdd0"
_WIDE = "replace({} collate Latin1_General_BIN2, nchar(65533), nchar(64976))"
_NOT_UTF8 = b"\xed\xa0\x80"


def family(kind: str) -> str:
    """What a type is as far as a contract cares; `decimal(12,2)` is a decimal."""
    kind = kind.lower().partition("(")[0].strip()
    return FAMILIES.get(kind, kind)


def selected(quoted: str, kind: str) -> str:
    """The lossless form of a quoted column of this type."""
    if kind == "nvarchar":
        return _WIDE.format(quoted)
    if kind == "nchar":
        return f"rtrim({_WIDE.format(quoted)})"
    if kind == "ntext":
        return _WIDE.format(f"cast({quoted} as nvarchar(max))")
    return _SELECTED.get(kind, "{}").format(quoted)


def exact(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with its texts as they are at the source; a column in which one lost something becomes bytes,
    those of that text no UTF-8, so that its row is refused and not landed altered."""
    for place, name in enumerate(batch.schema.names):
        values = batch.column(place)
        if not pa.types.is_large_string(values.type) and not pa.types.is_string(values.type):
            continue
        lost = _holds(values, _LOST)
        if lost:
            values = pc.replace_substring(
                values.cast(pa.large_binary()), pattern=_LOST.encode(), replacement=_NOT_UTF8
            )
        if lost or _holds(values, _STAND_IN):
            values = pc.replace_substring(
                values, pattern=_as(values, _STAND_IN), replacement=_as(values, _LOST)
            )
            batch = batch.set_column(place, name, values)
    return batch


def _holds(values: pa.Array, text: str) -> bool:
    return bool(pc.any(pc.match_substring(values, text)).as_py())


def _as(values: pa.Array, text: str) -> str | bytes:
    return text.encode() if pa.types.is_large_binary(values.type) else text
