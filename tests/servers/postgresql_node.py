"""One PostgreSQL server process of the tests, and its administrator's connections."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import adbc_driver_manager
from adbc_driver_postgresql import StatementOptions, dbapi

from tests.servers.processes import account, end, end_with_parent, free_port, run_as

START_SECONDS = 60


def program(name: str) -> str | None:
    """Where a program of the server package is, the newest version of it; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


class Node:
    """One server process with its data folder; `execute` and `query` are the administrator's."""

    def __init__(self, home: Path, name: str) -> None:
        self.home, self.name = home, name
        self.data = home / name
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._connections: dict[str, dbapi.Connection] = {}

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Runs one or more statements, all or nothing if they are more than one."""
        with self._connection(database).cursor() as cursor:
            cursor.executescript(sql)

    def query(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows of one statement."""
        with self._connection(database).cursor() as cursor:
            cursor.adbc_statement.set_options(**{StatementOptions.USE_COPY.value: "false"})  # for SHOW
            cursor.execute(sql)
            return list(cursor.fetchall())

    def value(self, sql: str, database: str = "postgres") -> Any:
        return self.query(sql, database)[0][0]

    def connect(self, database: str = "postgres") -> dbapi.Connection:
        """A new administrator's connection, autocommit off: for transactions that stay open."""
        return dbapi.connect(f"postgresql:///{database}?host={self.home}&port={self.port}&user=postgres")

    def log(self) -> str:
        return (self.home / f"{self.name}.log").read_text(errors="replace")

    def launch(self) -> None:
        """Starts the server. Raises RuntimeError with the end of its log if it does not come up."""
        for _ in range(3):  # between choosing a free port and taking it, another process may take it
            if self._start():
                return
            self.port = free_port()
        raise RuntimeError(f"postgres does not start: {self.log()[-2000:]}")

    def launch_again(self) -> None:
        """Starts the stopped server where it was, for those who know its port."""
        if not self._start():
            raise RuntimeError(f"postgres does not start again: {self.log()[-2000:]}")

    def _start(self) -> bool:
        with (self.home / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres") or "postgres", "-D", str(self.data), "-p", str(self.port),
                 "-c", f"config_file={self.home}/server.conf"],
                stdout=log,
                stderr=log,
                cwd=self.home,
                preexec_fn=end_with_parent(signal.SIGQUIT),  # noqa: PLW1509 - one system call
                **run_as(account("postgres")),
            )  # fmt: skip
        return self._answers()

    def forget(self, database: str | None = None) -> None:
        """Closes the administrator's connections, to one database or to all."""
        for name in [database] if database else list(self._connections):
            if connection := self._connections.pop(name, None):
                with suppress(adbc_driver_manager.Error):
                    connection.close()

    def stop(self, by: signal.Signals = signal.SIGINT) -> None:
        self.forget()
        end(self._process, by)

    def shown_certificate(self) -> bytes:
        """The certificate a client is shown now (DER), asked for as libpq does."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain:
            plain.sendall(bytes.fromhex("00000008 04d2162f"))
            if plain.recv(1) != b"S":
                raise RuntimeError(f"{self.name} speaks no TLS")
            with context.wrap_socket(plain) as link:
                return link.getpeercert(binary_form=True) or b""

    def _answers(self) -> bool:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            try:
                self.query("select 1")
            except adbc_driver_manager.Error:
                time.sleep(0.05)
            else:
                return True
        end(self._process, signal.SIGQUIT)
        return False

    def _connection(self, database: str) -> dbapi.Connection:
        if database not in self._connections:
            self._connections[database] = dbapi.connect(
                f"postgresql:///{database}?host={self.home}&port={self.port}&user=postgres", autocommit=True
            )
        return self._connections[database]
