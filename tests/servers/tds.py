"""A stand-in for a SQL Server, for tests with the real driver: it speaks enough TDS 7.4 ([MS-TDS])
to encrypt, to take or refuse a login, and to answer statements with rows or errors that a test has prepared.

It knows no SQL. It proves the client side: how the driver verifies certificates, what a login asks for,
which statements arrive, how Arrow batches and errors look. What a SQL Server would answer it cannot say.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

PRELOGIN, BATCH, ATTENTION, REPLY = 0x12, 0x01, 0x06, 0x04
_ENCRYPTION = {"required": 3, "none": 2}
_PACKET = 4096 - 8
_COLLATION = b"\x09\x04\xd0\x00\x34"  # Latin1_General_CI_AS
_DONE, _FAILED, _STOPPED = (b"\xfd" + struct.pack("<HHQ", status, 0, 0) for status in (0, 0x02, 0x20))


@dataclass(frozen=True)
class Failure:
    """An error as the server says it: its number and its text."""

    number: int
    text: str = "A text of the server, with 'Quillfeather' in it."


@dataclass(frozen=True)
class Cut:
    """The connection ends, after what `rows` has sent."""


@dataclass(frozen=True)
class Rows:
    """A result: (column, type) pairs and rows; types are those of `_TYPES`. `then` follows the rows."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...] = ()
    then: Failure | Cut | None = None


Answer = Callable[[str], "Rows | Failure | Cut | None"]


def nothing(statement: str) -> None:
    """Every statement succeeds without a result."""


@dataclass
class TdsServer:
    """Listens on loopback until closed. `statements`: everything asked after the login, in order."""

    answer: Answer = nothing
    certificate: Path | None = None
    key: Path | None = None
    refusal: tuple[Failure, ...] = ()
    statements: list[str] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    @property
    def asks_for_a_replica(self) -> bool:
        """Whether the last login declares read-only intent (TypeFlags, [MS-TDS] 2.2.6.4)."""
        return bool(self.logins[-1][26] & 0x20)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, EOFError):
            wire = Wire(client)
            wire.receive()
            wire.send(REPLY, prelogin("required" if self.certificate else "none"))
            if self.certificate:
                wire.encrypt(self.certificate, self.key)
            self.logins.append(wire.receive()[1])
            if self.refusal:
                wire.send(REPLY, b"".join(map(_error, self.refusal)) + _FAILED)
                return
            wire.send(REPLY, _database() + _login_taken() + _DONE)
            while self._statement(wire, *wire.receive()):
                pass

    def _statement(self, wire: Wire, kind: int, body: bytes) -> bool:
        """Answers one statement; whether the connection goes on."""
        if kind != BATCH:
            wire.send(REPLY, _STOPPED if kind == ATTENTION else _DONE)
            return True
        statement = body[struct.unpack("<I", body[:4])[0] :].decode("utf-16-le")
        self.statements.append(statement)
        answer = self.answer(statement)
        last = answer.then if isinstance(answer, Rows) else answer
        text = _result(answer) if isinstance(answer, Rows) else b""
        if isinstance(last, Cut):
            wire.send(REPLY, text, ends=False)
            return False
        wire.send(REPLY, text + (_error(last) + _FAILED if isinstance(last, Failure) else _DONE))
        return True


class Wire:
    """Packets over a socket, in the clear or through TLS whose handshake travels in packets of its own."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()

    def receive(self) -> tuple[int, bytes]:
        """(kind, body) of the next message, its packets put together. Raises EOFError at the end."""
        parts = []
        while True:
            kind, status, length = struct.unpack(">BBH", self._exactly(8)[:4])
            parts.append(self._exactly(length - 8))
            if status & 1:
                return kind, b"".join(parts)

    def send(self, kind: int, body: bytes, *, ends: bool = True) -> None:
        """In one call: a driver in this process may hold the interpreter while it waits for the next packet."""
        sent = b""
        parts = [body[at : at + _PACKET] for at in range(0, len(body), _PACKET)] or [b""]
        for number, part in enumerate(parts, start=1):
            last = int(ends and number == len(parts))
            packet = struct.pack(">BBHHBB", kind, last, len(part) + 8, 0, number % 256, 0) + part
            if self._tls:
                self._tls.write(packet)
                packet = self._outgoing.read()
            sent += packet
        self._client.sendall(sent)

    def encrypt(self, certificate: Path, key: Path | None) -> None:
        """TLS 1.2, as a server of TDS 7.4 offers it. Raises OSError when the client turns away."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        done = False
        while not done:
            with suppress(ssl.SSLWantReadError):
                tls.do_handshake()
                done = True
            if self._outgoing.pending:
                self.send(PRELOGIN, self._outgoing.read())
            if not done:
                self._incoming.write(self.receive()[1])
        self._tls = tls

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self._some(size - len(data))
        return data

    def _some(self, size: int) -> bytes:
        if self._tls is None:
            return self._or_end(self._client.recv(size))
        while True:
            with suppress(ssl.SSLWantReadError):
                return self._or_end(self._tls.read(size))
            self._incoming.write(self._or_end(self._client.recv(65536)))

    @staticmethod
    def _or_end(data: bytes) -> bytes:
        if not data:
            raise EOFError
        return data


def prelogin(encryption: str) -> bytes:
    options = b"\x00" + struct.pack(">HH", 11, 6) + b"\x01" + struct.pack(">HH", 17, 1) + b"\xff"
    return options + bytes([15, 0, 0x10, 0, 0, 0, _ENCRYPTION[encryption]])


def short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("utf-16-le")


def token(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + struct.pack("<H", len(body)) + body


def _database() -> bytes:
    return token(0xE3, b"\x01" + short("shelf") + short("master"))


def _login_taken() -> bytes:
    return token(0xAD, b"\x01\x74\x00\x00\x04" + short("Microsoft SQL Server") + bytes([15, 0, 0x10, 0]))


def _error(failure: Failure) -> bytes:
    text = struct.pack("<H", len(failure.text)) + failure.text.encode("utf-16-le")
    end = short("replica") + short("") + struct.pack("<I", 1)
    return token(0xAA, struct.pack("<iBB", failure.number, 1, 14) + text + end)


def _result(result: Rows) -> bytes:
    types = [_TYPES[kind] for _, kind in result.columns]
    described = b"".join(
        struct.pack("<IH", 0, 1) + info + short(name)
        for (name, _), (info, _) in zip(result.columns, types, strict=True)
    )
    parts = [b"\x81" + struct.pack("<H", len(types)) + described]
    for row in result.rows:
        parts += [b"\xd1", *(write(value) for value, (_, write) in zip(row, types, strict=True))]
    return b"".join(parts)


def _sized(width: str, write: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """A value behind its length; NULL is length 0 in one byte, all ones in two."""

    def written(value: Any) -> bytes:
        data = b"" if value is None else write(value)
        return struct.pack(width, 0xFFFF if value is None and width == "<H" else len(data)) + data

    return written


def _moment(value: datetime | str) -> bytes:
    """datetime2(7): 100 ns since midnight, days since year 1; a text may have seven digits."""
    text = value if isinstance(value, str) else value.isoformat(sep=" ", timespec="microseconds")
    whole, _, fraction = text.partition(".")
    at = datetime.fromisoformat(whole)
    ticks = (at.hour * 3600 + at.minute * 60 + at.second) * 10**7 + int(fraction.ljust(7, "0") or 0)
    return ticks.to_bytes(5, "little") + _day(at.date())


def _day(value: date) -> bytes:
    return (value.toordinal() - 1).to_bytes(3, "little")


def _number(value: Decimal) -> bytes:
    unscaled = abs(int(value.scaleb(4, Context(prec=40))))
    return bytes([int(value >= 0)]) + unscaled.to_bytes(16, "little")


def _utf16(value: str) -> bytes:
    return value.encode("utf-16-le", "surrogatepass")


_TYPES: dict[str, tuple[bytes, Callable[[Any], bytes]]] = {
    "smallint": (b"\x26\x02", _sized("<B", lambda value: struct.pack("<h", value))),
    "int": (b"\x26\x04", _sized("<B", lambda value: struct.pack("<i", value))),
    "bigint": (b"\x26\x08", _sized("<B", lambda value: struct.pack("<q", value))),
    "bit": (b"\x68\x01", _sized("<B", lambda value: bytes([value]))),
    "float": (b"\x6d\x08", _sized("<B", lambda value: struct.pack("<d", value))),
    "decimal": (b"\x6a\x11\x26\x04", _sized("<B", _number)),  # (38,4)
    "date": (b"\x28", _sized("<B", _day)),
    "datetime2": (b"\x2a\x07", _sized("<B", _moment)),
    "nvarchar": (b"\xe7" + struct.pack("<H", 8000) + _COLLATION, _sized("<H", _utf16)),
    "varchar": (b"\xa7" + struct.pack("<H", 400) + _COLLATION, _sized("<H", lambda v: v.encode("cp1252"))),
    "varbinary": (b"\xa5" + struct.pack("<H", 400), _sized("<H", bytes)),
}
