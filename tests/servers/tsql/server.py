"""The stand-in as a server: it listens, takes logins, and hands messages to sessions."""

from __future__ import annotations

import itertools
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.servers.tds import ATTENTION, BATCH, REPLY, Wire, prelogin
from tests.servers.tsql import bulk, tokens
from tests.servers.tsql.catalogue import install
from tests.servers.tsql.errors import numbered
from tests.servers.tsql.features import Faults, Features
from tests.servers.tsql.locks import Locks
from tests.servers.tsql.procedures import called
from tests.servers.tsql.session import Reply, Session
from tests.servers.tsql.tokens import SqlError
from tests.servers.tsql.values import Reader

CALL, BULK, TRANSACTION = 0x03, 0x07, 0x0E
_PROGRAM = "Microsoft SQL Server"


@dataclass
class TsqlServer:
    """Listens on loopback until closed.

    `users`: passwords by login; anybody else is refused (18456). `statements`: every statement run, in order.
    `folder`: keeps the databases there, as files. `wrong`: statements DuckDB refused for a reason that has no number of SQL Server's.
    """

    databases: tuple[str, ...] = ("warehouse",)
    users: dict[str, str] = field(default_factory=lambda: {"tester": "Passw0rd!"})
    features: Features = field(default_factory=Features)
    faults: Faults = field(default_factory=Faults)
    certificate: Path | None = None
    key: Path | None = None
    port: int = 0
    folder: Path | None = None
    statements: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.duckdb = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
        for name in self.databases:
            place = self.folder / f"{name}.duckdb" if self.folder else Path(":memory:")
            kept = place.exists()
            self.duckdb.execute(f"attach '{place}' as \"{name}\"")
            self.duckdb.execute(f'use "{name}"')
            if not kept:
                install(self.duckdb, self.features.version, self.features.referential_constraints)
        self.locks = Locks()
        self._numbers = itertools.count(51)
        self._clients: dict[threading.Thread, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The address in the form of WAREHOUSE_TEST_SQLSERVER_URL."""
        user, password = next(iter(self.users.items()))
        secret = "TrustServerCertificate=yes" if self.certificate else "Encrypt=no"
        return f"mssql://{user}:{password}@127.0.0.1:{self.port}/{self.databases[0]}?{secret}"

    def close(self) -> None:
        """Ends every session, and the databases with them."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread, client in list(self._clients.items()):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)
        self.duckdb.close()

    def next_number(self) -> int:
        return next(self._numbers)

    def database(self, name: str) -> str:
        """Its name as it was made. Raises SqlError 4060 for an unknown one."""
        for known in self.databases:
            if known.lower() == (name or self.databases[0]).lower():
                return known
        if name.lower() in ("master", "tempdb"):
            return self.databases[0]
        raise SqlError(4060, f'Cannot open database "{name}" requested by the login. The login failed.', 11)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
                self._clients[thread] = client
                thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, EOFError):
            wire = Wire(client)
            wire.receive()
            wire.send(REPLY, prelogin("required" if self.certificate else "none"))
            if self.certificate:
                wire.encrypt(self.certificate, self.key)
            session = self._welcomed(wire, tokens.read_login(wire.receive()[1]))
            if session is None:
                return
            try:
                _Conversation(session, wire).go_on()
            finally:
                session.close()

    def _welcomed(self, wire: Wire, login: tokens.Login) -> Session | None:
        try:
            if self.users.get(login.user) != login.password:
                raise SqlError(18456, f"Login failed for user '{login.user}'.", 14)
            session = Session(self, login, self.next_number())
        except SqlError as refused:
            wire.send(REPLY, tokens.error(refused) + tokens.done(0xFD, tokens.FAILED))
            return None
        wire.send(REPLY, tokens.welcome(session.database, _PROGRAM) + tokens.done(0xFD))
        return session


@dataclass
class _Conversation:
    """Messages of one session, one after the other."""

    session: Session
    wire: Wire
    bulk_table: str | None = None

    def go_on(self) -> None:
        """Until the client leaves. Raises OSError or EOFError then."""
        while True:
            kind, body = self.wire.receive()
            if kind == ATTENTION:
                self.wire.send(REPLY, tokens.done(0xFD, tokens.STOPPED))
                continue
            self.session.reply = Reply(in_call=kind == CALL)
            self.wire.send(REPLY, self._answered(kind, body))

    def _answered(self, kind: int, body: bytes) -> bytes:
        if kind == CALL:
            return self._calls(body)
        if kind == BULK:
            self._guarded(lambda: bulk.taken(self.session, self.bulk_table or "", body))
        elif kind == TRANSACTION:
            self._guarded(lambda: self._transaction(body))
        elif kind == BATCH:
            data = tokens.after_headers(body)
            text = data.text(data.left // 2)
            self.bulk_table = bulk.table_named(text)
            if not self.bulk_table:
                self._guarded(lambda: self.session.batch(text))
        return self.session.reply.message()

    def _guarded(self, work: object) -> None:
        """An error of the stand-in itself is told as one of the server's, so that no client hangs."""
        try:
            work()  # type: ignore[operator]
        except SqlError as wrong:
            self.session.failed(wrong)
        except ConnectionAbortedError:
            raise
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the client must hear of it
            self.session.server.wrong.append(repr(wrong))
            self.session.failed(numbered(wrong))

    def _calls(self, body: bytes) -> bytes:
        calls = tokens.read_calls(body)
        parts = []
        for place, call in enumerate(calls):
            self.session.reply = reply = Reply(in_call=True)
            failed = False
            status = [0]

            def work(call: tokens.Call = call, status: list[int] = status) -> None:
                status[0] = called(self.session, call)

            self._guarded(work)
            failed = any(isinstance(each, tuple) and each[0] & tokens.FAILED for each in reply.parts)
            outs = [tokens.came_back(each, at) for at, each in enumerate(call.arguments) if each.out]
            last = (tokens.MORE if place < len(calls) - 1 else 0) | (tokens.FAILED if failed else 0)
            back = [] if failed and call.name != "sp_prepexec" else outs
            parts += [reply.message(), tokens.returned(status[0]), *back, tokens.done(0xFE, last)]
        return b"".join(parts)

    def _transaction(self, body: bytes) -> None:
        """Requests of the transaction manager: begin, commit, roll back."""
        data = tokens.after_headers(body)
        kind = struct.unpack("<H", data.take(2))[0]
        verbs = {5: "begin transaction", 7: "commit", 8: "rollback", 9: "save transaction x"}
        self.session.batch(verbs[kind])
        if kind in (7, 8) and _begins_anew(data):
            self.session.batch("begin transaction")


def _begins_anew(data: Reader) -> bool:
    """Whether a commit or rollback asks for the next transaction at once, [MS-TDS] 2.2.6.9."""
    data.take(data.number(1))
    return bool(data.number(1) & 1)
