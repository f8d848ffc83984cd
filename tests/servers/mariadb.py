"""A real MariaDB of the tests' own: fresh data folder, a port on loopback, TLS, read-only as a replica is."""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pymysql
from pymysql.constants import CLIENT

from tests.servers.certificates import ELSEWHERE, LOOPBACK, Authority
from tests.servers.processes import account, end, end_with_parent, free_port, hand_over, new_home, run_as

START_SECONDS = 60
PREFIX = "warehouse-mariadb-"
ACCOUNT = "mysql"
NOT_INSTALLED = "server: mariadbd not installed (apt-get install mariadb-server)"
# A server for tests: nothing has to survive a power cut, and 2 cores have other work.
OPTIONS = """\
[mariadbd]
datadir={home}/data
socket={home}/s.sock
pid-file={home}/pid
log-error={home}/log
bind-address=127.0.0.1
skip-name-resolve
performance-schema=off
character-set-server=utf8mb4
collation-server=utf8mb4_unicode_ci
default-time-zone=+00:00
innodb-buffer-pool-size=128M
innodb-flush-log-at-trx-commit=0
innodb-doublewrite=0
max-connections=40
ssl-ca={home}/ca.pem
ssl-cert={home}/server.pem
ssl-key={home}/server.key
"""
LOGINS = {
    "reader": "select",
    "watcher": "select, slave monitor",
    "writer": "select, insert, update, delete, create, drop, alter, index",
}


def program(name: str) -> str | None:
    """Where a program of the server package is; Debian keeps the server in /usr/sbin, outside users' PATH."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class MariaDb:
    """One running server. Made by `MariaDb.start()`, ended by `stop()`, which also removes its files.

    Logins: see LOGINS; `writer` does not pass `read_only`, as an application's login would not; the
    administrator comes over the socket and is what `execute` uses.
    """

    def __init__(self, home: Path, options: Sequence[str] = ()) -> None:
        self.home = home
        self._options = OPTIONS + "\n".join(options)
        self.port = free_port()
        self.ca_file = home / "ca.pem"
        self.other_ca_file = home / "other_ca.pem"
        self._passwords = {name: secrets.token_hex(12) for name in ("root", "follower", *LOGINS)}
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, *options: str) -> MariaDb:
        """Makes and starts a server (about 3 s), already `read_only=1`; `options` are lines of its .cnf.

        Raises RuntimeError with the end of the server's log if it does not come up.
        """
        server = cls(new_home(PREFIX), options)
        try:
            server._write_files()
            server._install()
            server._launch()
        except BaseException:
            server.stop()
            raise
        return server

    def url(self, database: str, user: str = "reader", host: str = "127.0.0.1") -> str:
        """The address as settings take it: mysql://user:password@host:port/database."""
        return f"mysql://{user}:{self._passwords[user]}@{host}:{self.port}/{database}"

    def password(self, user: str = "reader") -> str:
        return self._passwords[user]

    def execute(self, sql: str, database: str | None = None) -> tuple[tuple[Any, ...], ...]:
        """Runs statements as administrator, whom read_only does not hold back; rows of the last one."""
        connection = pymysql.connect(
            unix_socket=str(self.home / "s.sock"),
            user="root",
            password=self._passwords["root"],
            database=database,
            autocommit=True,
            charset="utf8mb4",
            client_flag=CLIENT.MULTI_STATEMENTS,
            ssl_disabled=True,  # a socket; reading the system's CAs for each statement would take longest
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall()
            while cursor.nextset():
                rows = cursor.fetchall()
        return rows

    def create_database(self, database: str) -> None:
        """An empty database of this name; an old one goes."""
        drop = f"drop database if exists `{database}`"
        self.execute(f"{drop}; create database `{database}` character set utf8mb4")

    def load_dump(self, path_gz: Path, database: str) -> None:
        """Loads a gzipped SQL dump into a new database."""
        self.create_database(database)
        client = [program("mariadb") or "mariadb", f"--defaults-file={self.home}/client.cnf", database]
        with (
            gzip.open(path_gz) as dump,
            subprocess.Popen(client, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process,
        ):
            assert process.stdin is not None
            with suppress(BrokenPipeError):  # the client gave up; what it said comes next
                shutil.copyfileobj(dump, process.stdin, 1 << 20)
            _, said = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"{path_gz.name} was not loaded: {said.decode(errors='replace').strip()}")

    def set_read_only(self, on: bool) -> None:
        """On, as a replica is, or off, as a primary is."""
        self.execute(f"set global read_only = {int(on)}")

    @contextmanager
    def as_primary(self) -> Iterator[None]:
        """For the length of the block the server takes writes, and so does not look like a replica."""
        self.set_read_only(False)
        try:
            yield
        finally:
            self.set_read_only(True)

    @contextmanager
    def wrong_host_certificate(self) -> Iterator[None]:
        """For the length of the block the server shows a certificate of the same CA for another host."""
        self._show_certificate("elsewhere")
        try:
            yield
        finally:
            self._show_certificate("loopback")

    def stop(self) -> None:
        """Ends the server and removes its files."""
        end(self._process, signal.SIGTERM)
        shutil.rmtree(self.home, ignore_errors=True)

    # ------------------------------------------------------------ start

    def _write_files(self) -> None:
        authority = Authority("warehouse tests")
        authority.write(self.ca_file)
        Authority("somebody else").write(self.other_ca_file)
        for which, names in (("loopback", LOOPBACK), ("elsewhere", ELSEWHERE)):
            authority.issue(names, self.home / f"{which}.pem", self.home / f"{which}.key")
        self._put_certificate("loopback")
        (self.home / "server.cnf").write_text(self._options.format(home=self.home))
        (self.home / "init.sql").write_text(
            f"alter user root@localhost identified by '{self._passwords['root']}';\n"
            + "".join(
                f"create user {name}@'%' identified by '{self._passwords[name]}';\n"
                f"grant {may} on *.* to {name}@'%';\n"
                for name, may in LOGINS.items()
            )
            + "set global read_only = 1;\n"
        )
        (self.home / "client.cnf").write_text(
            f"[client]\nuser=root\npassword={self._passwords['root']}\nsocket={self.home}/s.sock\n"
        )
        (self.home / "client.cnf").chmod(0o600)
        hand_over(self.home, account(ACCOUNT))

    def _install(self) -> None:
        install = program("mariadb-install-db") or "mariadb-install-db"
        arguments = ["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        done = subprocess.run(
            [install, "--no-defaults", f"--datadir={self.home}/data", *arguments],
            capture_output=True,
            text=True,
            check=False,
            **run_as(account(ACCOUNT)),
        )
        if done.returncode != 0:
            raise RuntimeError(f"mariadb-install-db failed: {done.stdout[-1500:]}{done.stderr[-1500:]}")

    def _launch(self) -> None:
        for _ in range(3):  # between choosing a free port and taking it, another process may take it
            self._process = subprocess.Popen(
                [
                    program("mariadbd") or "mariadbd",
                    f"--defaults-file={self.home}/server.cnf",
                    f"--port={self.port}",
                    f"--init-file={self.home}/init.sql",
                ],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                preexec_fn=end_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call
                **run_as(account(ACCOUNT)),
            )
            if self._answers():
                (self.home / "init.sql").unlink()
                return
            self.port = free_port()
        raise RuntimeError(f"mariadbd does not start: {(self.home / 'log').read_text()[-2000:]}")

    def _answers(self) -> bool:
        assert self._process is not None
        until = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            try:
                self.execute("select 1")
            except pymysql.MySQLError:
                time.sleep(0.1)
            else:
                return True
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        return False

    # ------------------------------------------------------------ certificates

    def _put_certificate(self, which: str) -> None:
        for suffix in ("pem", "key"):
            shown = self.home / f"server.{suffix}"
            shutil.copy2(self.home / f"{which}.{suffix}", shown)
            hand_over(shown, account(ACCOUNT))

    def _show_certificate(self, which: str) -> None:
        self._put_certificate(which)
        self.execute("flush ssl")
