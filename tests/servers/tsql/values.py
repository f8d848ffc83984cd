"""The types and values of TDS ([MS-TDS] 2.2.5.4 and 2.2.5.5), both ways: parameters and bulk rows are read,
results are written. What the drivers never send (text, image, sql_variant, table-valued) is refused."""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Context, Decimal
from typing import Any

COLLATION = b"\x09\x04\xd0\x00\x34"  # Latin1_General_CI_AS
MAX = 0xFFFF
_NO_VALUE, _UNKNOWN = 2**64 - 1, 2**64 - 2
_WIDE = Context(prec=60)
_FIRST_DAY = date(1, 1, 1)


@dataclass(frozen=True)
class Kind:
    """A type of SQL Server: its name; `size` in bytes, `MAX` for (max); digits, and those after the point."""

    name: str
    size: int = 0
    precision: int = 0
    scale: int = 0


class Reader:
    """Bytes read from the front."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    @property
    def left(self) -> int:
        return max(0, len(self.data) - self.at)

    def take(self, size: int) -> bytes:
        part = self.data[self.at : self.at + size]
        self.at += size
        return part

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def text(self, characters: int) -> str:
        return self.take(2 * characters).decode("utf-16-le")


# ---------------------------------------------------------------- types on the wire

_FIXED = {0x30: ("int", 1), 0x34: ("int", 2), 0x38: ("int", 4), 0x7F: ("int", 8), 0x32: ("bit", 1),
          0x3E: ("float", 8), 0x3B: ("float", 4), 0x3D: ("datetime", 8), 0x3A: ("datetime", 4)}  # fmt: skip
_BYTE_SIZED = {0x26: "int", 0x68: "bit", 0x6D: "float", 0x6F: "datetime", 0x24: "guid"}
_NUMERIC = {0x6A: "decimal", 0x6C: "decimal"}
_SCALED = {0x29: "time", 0x2A: "datetime2", 0x2B: "datetimeoffset"}
_WITH_COLLATION = {0xA7: "varchar", 0xAF: "varchar", 0xE7: "nvarchar", 0xEF: "nvarchar"}
_BINARY = {0xA5: "varbinary", 0xAD: "varbinary"}
_TOKENS = {"int": 0x26, "bit": 0x68, "float": 0x6D, "guid": 0x24, "decimal": 0x6A, "time": 0x29,
           "datetime2": 0x2A, "datetimeoffset": 0x2B, "varchar": 0xA7, "nvarchar": 0xE7,
           "varbinary": 0xA5, "date": 0x28, "datetime": 0x6F}  # fmt: skip


def read_kind(data: Reader) -> tuple[Kind, bool]:
    """(type, whether its values carry no length). Raises ValueError for a type that is not spoken here."""
    code = data.number(1)
    if code in _FIXED:
        return Kind(*_FIXED[code]), True
    if code in _BYTE_SIZED:
        return Kind(_BYTE_SIZED[code], data.number(1)), False
    if code in _NUMERIC:
        return Kind("decimal", data.number(1), data.number(1), data.number(1)), False
    if code in _SCALED:
        return Kind(_SCALED[code], 0, 0, data.number(1)), False
    if code == 0x28:
        return Kind("date"), False
    if code in _WITH_COLLATION:
        size = data.number(2)
        data.take(5)
        return Kind(_WITH_COLLATION[code], size), False
    if code in _BINARY:
        return Kind(_BINARY[code], data.number(2)), False
    raise ValueError(f"the stand-in reads no type 0x{code:02X}")


def kind_written(kind: Kind) -> bytes:
    """TYPE_INFO of a nullable column."""
    code = bytes([_TOKENS[kind.name]])
    if kind.name == "date":
        return code
    if kind.name in ("time", "datetime2", "datetimeoffset"):
        return code + bytes([kind.scale])
    if kind.name == "decimal":
        return code + bytes([_decimal_size(kind.precision), kind.precision, kind.scale])
    if kind.name in ("nvarchar", "varchar"):
        return code + struct.pack("<H", kind.size) + COLLATION
    if kind.name == "varbinary":
        return code + struct.pack("<H", kind.size)
    return code + bytes([kind.size])


def _decimal_size(precision: int) -> int:
    return next(size for size, most in ((5, 9), (9, 19), (13, 28), (17, 38)) if precision <= most)


# ---------------------------------------------------------------- values on the wire


def read_value(data: Reader, kind: Kind, bare: bool = False) -> Any:
    """A value of Python, None for NULL."""
    if kind.name in ("nvarchar", "varchar", "varbinary"):
        raw = _parts(data) if kind.size == MAX else _counted(data)
    else:
        size = kind.size if bare else data.number(1)
        raw = data.take(size) if size else None
    return None if raw is None else _READ[kind.name](raw, kind)


def _counted(data: Reader) -> bytes | None:
    size = data.number(2)
    return None if size == MAX else data.take(size)


def _parts(data: Reader) -> bytes | None:
    if data.number(8) == _NO_VALUE:
        return None
    whole = bytearray()
    while size := data.number(4):
        whole += data.take(size)
    return bytes(whole)


def _moment_of(raw: bytes, scale: int) -> datetime:
    at = _clock_of(raw[:-3], scale)
    return datetime.combine(_FIRST_DAY + timedelta(days=int.from_bytes(raw[-3:], "little")), at)


def _clock_of(raw: bytes, scale: int) -> time:
    micros = int.from_bytes(raw, "little") * 10**6 // 10**scale
    return (datetime.min + timedelta(microseconds=micros)).time()


def _offset_of(raw: bytes, kind: Kind) -> datetime:
    zone = timezone(timedelta(minutes=struct.unpack("<h", raw[-2:])[0]))
    return _moment_of(raw[:-2], kind.scale).replace(tzinfo=UTC).astimezone(zone)


def _decimal_of(raw: bytes, kind: Kind) -> Decimal:
    number = int.from_bytes(raw[1:], "little") * (1 if raw[0] else -1)
    return Decimal(number).scaleb(-kind.scale, _WIDE)


def _old_moment(raw: bytes, kind: Kind) -> datetime:
    days, ticks = struct.unpack("<iI", raw) if len(raw) == 8 else struct.unpack("<HH", raw)
    step = timedelta(seconds=ticks / 300) if len(raw) == 8 else timedelta(minutes=ticks)
    return datetime(1900, 1, 1) + timedelta(days=days) + step


_READ: dict[str, Callable[[bytes, Kind], Any]] = {
    "int": lambda raw, kind: int.from_bytes(raw, "little", signed=len(raw) > 1),
    "bit": lambda raw, kind: raw != b"\x00",
    "float": lambda raw, kind: struct.unpack("<d" if len(raw) == 8 else "<f", raw)[0],
    "guid": lambda raw, kind: uuid.UUID(bytes_le=raw),
    "decimal": _decimal_of,
    "date": lambda raw, kind: _FIRST_DAY + timedelta(days=int.from_bytes(raw, "little")),
    "time": lambda raw, kind: _clock_of(raw, kind.scale),
    "datetime2": lambda raw, kind: _moment_of(raw, kind.scale),
    "datetimeoffset": _offset_of,
    "datetime": _old_moment,
    "nvarchar": lambda raw, kind: raw.decode("utf-16-le", "surrogatepass"),
    "varchar": lambda raw, kind: raw.decode("cp1252", "replace"),
    "varbinary": lambda raw, kind: raw,
}


def writer(kind: Kind) -> Callable[[Any], bytes]:
    """Writes the values of one column; None is NULL."""
    write = _WRITE[kind.name]
    if kind.name in ("nvarchar", "varchar", "varbinary"):
        return _long(write) if kind.size == MAX else _short(write)
    null = b"\x00"

    def written(value: Any) -> bytes:
        if value is None:
            return null
        raw = write(value, kind)
        return bytes([len(raw)]) + raw

    return written


def _short(write: Callable[[Any, Kind], bytes]) -> Callable[[Any], bytes]:
    def written(value: Any) -> bytes:
        if value is None:
            return b"\xff\xff"
        raw = write(value, Kind(""))
        return struct.pack("<H", len(raw)) + raw

    return written


def _long(write: Callable[[Any, Kind], bytes]) -> Callable[[Any], bytes]:
    def written(value: Any) -> bytes:
        if value is None:
            return struct.pack("<Q", _NO_VALUE)
        raw = write(value, Kind(""))
        part = struct.pack("<I", len(raw)) + raw if raw else b""
        return struct.pack("<Q", len(raw)) + part + b"\x00\x00\x00\x00"

    return written


def _day(value: date) -> bytes:
    return (value.toordinal() - 1).to_bytes(3, "little")


def _clock(value: time | datetime, scale: int) -> bytes:
    micros = ((value.hour * 60 + value.minute) * 60 + value.second) * 10**6 + value.microsecond
    width = 3 if scale <= 2 else 4 if scale <= 4 else 5
    return (micros * 10**scale // 10**6).to_bytes(width, "little")


def _offset(value: datetime, kind: Kind) -> bytes:
    zone = value.utcoffset() or timedelta()
    utc = value.astimezone(UTC)
    return _clock(utc, kind.scale) + _day(utc) + struct.pack("<h", int(zone.total_seconds() // 60))


def _number(value: Any, kind: Kind) -> bytes:
    unscaled = int(Decimal(value).scaleb(kind.scale, _WIDE))
    return bytes([int(unscaled >= 0)]) + abs(unscaled).to_bytes(_decimal_size(kind.precision) - 1, "little")


_WRITE: dict[str, Callable[[Any, Kind], bytes]] = {
    "int": lambda value, kind: int(value).to_bytes(kind.size, "little", signed=kind.size > 1),
    "bit": lambda value, kind: bytes([bool(value)]),
    "float": lambda value, kind: struct.pack("<d" if kind.size == 8 else "<f", float(value)),
    "guid": lambda value, kind: uuid.UUID(str(value)).bytes_le,
    "decimal": _number,
    "date": lambda value, kind: _day(value),
    "time": lambda value, kind: _clock(value, kind.scale),
    "datetime2": lambda value, kind: _clock(value, kind.scale) + _day(value),
    "datetimeoffset": _offset,
    "nvarchar": lambda value, kind: str(value).encode("utf-16-le", "surrogatepass"),
    "varchar": lambda value, kind: str(value).encode("cp1252", "replace"),
    "varbinary": lambda value, kind: bytes(value),
}

# ---------------------------------------------------------------- types by their names

_INTS = {"tinyint": 1, "smallint": 2, "int": 4, "integer": 4, "bigint": 8}
_NAME = re.compile(r"\s*\[?(\w+)\]?\s*(?:\(\s*(\w+)\s*(?:,\s*(\d+)\s*)?\))?", re.ASCII)


def kind_named(text: str) -> Kind:
    """The type that `nvarchar(30)`, `decimal(38, 4)`, `bit` name. Raises ValueError for an unknown one."""
    found = _NAME.match(text)
    name, first, second = (found[1].lower(), found[2], found[3]) if found else ("", None, None)
    if name in _INTS:
        return Kind("int", _INTS[name])
    if name in ("decimal", "numeric"):
        return Kind("decimal", 0, int(first or 18), int(second or 0))
    if name in ("time", "datetime2", "datetimeoffset"):
        return Kind(name, 0, 0, int(first or 7))
    if name in ("nvarchar", "nchar", "sysname", "ntext", "xml"):
        plain = "128" if name == "sysname" else "max" if name in ("ntext", "xml") else "1"
        return Kind("nvarchar", _bytes(first or plain, 2))
    if name in ("varchar", "char", "text"):
        return Kind("varchar", _bytes(first or ("max" if name == "text" else "1"), 1))
    if name in ("varbinary", "binary", "image"):
        return Kind("varbinary", _bytes(first or "1", 1))
    known = {"bit": Kind("bit", 1), "float": Kind("float", 8), "real": Kind("float", 4), "date": Kind("date"),
             "datetime": Kind("datetime2", 0, 0, 3), "smalldatetime": Kind("datetime2", 0, 0, 0),
             "uniqueidentifier": Kind("guid", 16), "money": Kind("decimal", 0, 19, 4)}  # fmt: skip
    if name in known:
        return known[name]
    raise ValueError(text)


def _bytes(length: str, width: int) -> int:
    return MAX if length.lower() == "max" else int(length) * width
