"""Messages of TDS 7.4 as the stand-in writes and reads them: logins, calls, results, ends, errors."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.tds import short, token
from tests.servers.tsql.values import COLLATION, Kind, Reader, kind_written, read_kind, read_value, writer

MORE, FAILED, COUNTED, STOPPED = 0x01, 0x02, 0x10, 0x20
_VERBS = {"select": 0xC1, "insert": 0xC3, "delete": 0xC4, "update": 0xC5, "merge": 0x117}
_BY_NUMBER = {2: "sp_cursoropen", 10: "sp_executesql", 11: "sp_prepare", 12: "sp_execute",
              13: "sp_prepexec", 15: "sp_unprepare"}  # fmt: skip


@dataclass(frozen=True)
class SqlError(Exception):
    """An error as SQL Server numbers it. `doomed`: its transaction can only be rolled back."""

    number: int
    text: str
    severity: int = 16
    state: int = 1
    doomed: bool = False


@dataclass(frozen=True)
class Login:
    """What a LOGIN7 message says."""

    user: str
    password: str
    database: str
    read_only: bool


@dataclass
class Argument:
    """A parameter of a procedure: its name with the @ ('' by position), type, value; out: it comes back."""

    name: str
    kind: Kind
    value: Any
    out: bool = False


@dataclass
class Call:
    """A procedure's name and arguments."""

    name: str
    arguments: list[Argument] = field(default_factory=list)

    def named(self, *names: str) -> list[Any]:
        """The values of arguments by name, or by position where they have none."""
        by_name = {each.name.lower(): each.value for each in self.arguments if each.name}
        by_place = [each.value for each in self.arguments if not each.name]
        return [
            by_name.get("@" + name, by_place[at] if at < len(by_place) else None)
            for at, name in enumerate(names)
        ]


# ---------------------------------------------------------------- read


def read_login(body: bytes) -> Login:
    """[MS-TDS] 2.2.6.4. The password's bits are swapped and turned, no secret."""

    def part(at: int) -> bytes:
        start, characters = struct.unpack_from("<HH", body, at)
        return body[start : start + 2 * characters]

    hidden = bytes(((byte ^ 0xA5) >> 4 | (byte ^ 0xA5) << 4) & 0xFF for byte in part(44))
    user, password, database = (raw.decode("utf-16-le") for raw in (part(40), hidden, part(68)))
    return Login(user, password, database, read_only=bool(body[26] & 0x20))


def after_headers(body: bytes) -> Reader:
    """What follows ALL_HEADERS."""
    return Reader(body, struct.unpack_from("<I", body)[0])


def read_calls(body: bytes) -> list[Call]:
    """The procedure calls of one message; an array of parameters is one call a row."""
    data = after_headers(body)
    calls = []
    while data.left:
        size = data.number(2)
        name = _BY_NUMBER.get(data.number(2), "?") if size == 0xFFFF else data.text(size)
        data.take(2)
        call = Call(name.lower().removeprefix("sys.").removeprefix("dbo."))
        while data.left and data.data[data.at] not in (0x80, 0xFF):
            called = data.text(data.number(1))
            out = bool(data.number(1) & 1)
            kind, bare = read_kind(data)
            call.arguments.append(Argument(called, kind, read_value(data, kind, bare), out))
        data.take(1)
        calls.append(call)
    return calls


# ---------------------------------------------------------------- written


def environment(kind: int, new: bytes, old: bytes = b"\x00") -> bytes:
    return token(0xE3, bytes([kind]) + new + old)


def begun(transaction: int) -> bytes:
    return environment(8, b"\x08" + struct.pack("<Q", transaction))


def ended(transaction: int, committed: bool) -> bytes:
    return environment(9 if committed else 10, b"\x00", b"\x08" + struct.pack("<Q", transaction))


def welcome(database: str, program: str) -> bytes:
    """The answer to a login: its database, collation and packet size, the server's version."""
    taken = b"\x01\x74\x00\x00\x04" + short(program) + bytes([16, 0, 0x10, 0])
    return b"".join(
        (
            environment(1, short(database), short("master")),
            environment(7, b"\x05" + COLLATION),
            token(0xAD, taken),
            environment(4, short("4096"), short("4096")),
        )
    )


def error(problem: SqlError, kind: int = 0xAA) -> bytes:
    """ERROR, or INFO (0xAB), [MS-TDS] 2.2.7.10."""
    text = struct.pack("<H", len(problem.text)) + problem.text.encode("utf-16-le")
    end = short("standin") + short("") + struct.pack("<I", 1)
    return token(kind, struct.pack("<iBB", problem.number, problem.state, problem.severity) + text + end)


def done(kind: int, status: int = 0, verb: str = "", rows: int | None = None) -> bytes:
    """DONE (0xFD), DONEPROC (0xFE) or DONEINPROC (0xFF), with a count of rows or none."""
    counted = COUNTED if rows is not None else 0
    return bytes([kind]) + struct.pack("<HHQ", status | counted, _VERBS.get(verb, 0), rows or 0)


def wire_code(kind: Kind) -> int:
    """The number of a type on the wire."""
    return kind_written(kind)[0]


def columns(described: Sequence[tuple[str, Kind]]) -> bytes:
    """COLMETADATA of nullable columns."""
    parts = [struct.pack("<IH", 0, 0x09) + kind_written(kind) + short(name[:128]) for name, kind in described]
    return b"\x81" + struct.pack("<H", len(described)) + b"".join(parts)


def rows(kinds: Sequence[Kind], found: Iterable[Sequence[Any]]) -> bytes:
    writers = [writer(kind) for kind in kinds]
    parts = []
    for row in found:
        parts.append(b"\xd1")
        parts += [write(value) for write, value in zip(writers, row, strict=True)]
    return b"".join(parts)


def returned(value: int) -> bytes:
    """RETURNSTATUS of a procedure."""
    return b"\x79" + struct.pack("<i", value)


def came_back(argument: Argument, place: int) -> bytes:
    """RETURNVALUE of an output parameter."""
    head = struct.pack("<H", place) + short(argument.name) + b"\x01" + struct.pack("<IH", 0, 0)
    return b"\xac" + head + kind_written(argument.kind) + writer(argument.kind)(argument.value)


# ---------------------------------------------------------------- bulk rows


def read_bulk(body: bytes) -> tuple[list[str], list[list[Any]]]:
    """(column names, rows) of a BCP stream: COLMETADATA, ROW and NBCROW tokens, DONE."""
    data = Reader(body)
    if data.number(1) != 0x81:
        raise ValueError("a bulk stream begins with its columns")
    names, kinds = [], []
    for _ in range(data.number(2)):
        data.take(6)
        kinds.append(read_kind(data))
        names.append(data.text(data.number(1)))
    found: list[list[Any]] = []
    while data.left:
        kind = data.number(1)
        if kind == 0xD1:
            found.append([read_value(data, *each) for each in kinds])
        elif kind == 0xD2:
            nulls = data.take((len(kinds) + 7) // 8)
            found.append(
                [
                    None if nulls[at // 8] >> (at % 8) & 1 else read_value(data, *each)
                    for at, each in enumerate(kinds)
                ]
            )
        else:
            break
    return names, found
