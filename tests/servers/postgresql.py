"""A real PostgreSQL of the tests' own: a primary and its streaming standby on loopback, with TLS."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.certificates import ELSEWHERE, LOOPBACK, Authority
from tests.servers.postgresql_node import Node, program
from tests.servers.processes import account, hand_over, new_home, run_as

PREFIX = "warehouse-postgresql-"
NOT_INSTALLED = "server: postgres not installed (apt-get install postgresql)"
# A server for tests: nothing has to survive a power cut, and 2 cores have other work.
OPTIONS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = '{home}'
hba_file = '{home}/hba.conf'
logging_collector = off
log_line_prefix = '%u@%d '
fsync = off
full_page_writes = off
shared_buffers = 64MB
wal_level = replica
wal_keep_size = 256MB
min_wal_size = 64MB
wal_receiver_status_interval = 1s
autovacuum = off
jit = off
timezone = 'UTC'
password_encryption = 'scram-sha-256'
ssl = on
ssl_cert_file = '{home}/server.pem'
ssl_key_file = '{home}/server.key'
"""
# The administrator comes over the socket in a folder nobody else may enter; all others with a password.
RULES = """\
local all postgres trust
local replication postgres trust
host all all 127.0.0.1/32 scram-sha-256
"""


class PostgreSql:
    """A running pair. Made by `PostgreSql.start()`, ended by `stop()`, which also removes its files.

    `execute` and `query` go to the primary as administrator; `url` is the standby's. Logins over TCP:
    `reader` may only SELECT; `writer` may change rows.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.primary = Node(home, "primary")
        self.standby = Node(home, "standby")
        self.ca_file = home / "ca.pem"
        self.other_ca_file = home / "other_ca.pem"
        self._passwords = {name: secrets.token_hex(12) for name in ("reader", "writer")}

    @classmethod
    def start(cls) -> PostgreSql:
        """Makes and starts both servers (about 4 s), the standby already following.

        Raises RuntimeError with the end of a server's log if it does not come up.
        """
        server = cls(new_home(PREFIX))
        try:
            server._write_files()
            server._install()
            server._launch()
        except BaseException:
            server.stop()
            raise
        return server

    def url(
        self, database: str, user: str = "reader", host: str = "127.0.0.1", *, primary: bool = False
    ) -> str:
        """The standby's address as settings take it: postgresql://user:password@host:port/database."""
        node = self.primary if primary else self.standby
        return f"postgresql://{user}:{self._passwords[user]}@{host}:{node.port}/{database}"

    def password(self, user: str = "reader") -> str:
        return self._passwords[user]

    def execute(self, sql: str, database: str = "postgres", *, wait: bool = True) -> None:
        """Runs statements on the primary as administrator, then waits until the standby has them."""
        self.primary.execute(sql, database)
        if wait:
            self.caught_up()

    def query(self, sql: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows of one statement on the primary."""
        return self.primary.query(sql, database)

    def create_database(self, database: str) -> None:
        """An empty database of this name; an old one goes, whoever is connected to it."""
        for node in (self.primary, self.standby):
            node.forget(database)
        self.primary.execute(f'drop database if exists "{database}" with (force)')
        self.primary.execute(f'create database "{database}"')
        self.caught_up()

    # ------------------------------------------------------------ the standby

    def caught_up(self, seconds: float = 20) -> None:
        """Waits until the standby has replayed all that the primary has committed.

        Raises TimeoutError if it does not get there: its replay is paused, or waits for a reader.
        """
        self._reached("pg_last_wal_replay_lsn()", seconds)

    def received(self, seconds: float = 20) -> None:
        """Waits until the standby has been sent all that the primary has committed, and looked at it.

        What is in the way of a reader is then replayed, or the reader told to end. One blocked in sending
        rows hears of it only when somebody takes them, and until then nothing more is replayed.
        """
        self._reached("pg_last_wal_receive_lsn()", seconds)
        before = None
        while before != (replayed := self.standby.value("select cast(pg_last_wal_replay_lsn() as text)")):
            before = replayed
            time.sleep(0.3)

    def _reached(self, position: str, seconds: float) -> None:
        # not everything waits for its record to be written (VACUUM does not), but this commit does, for all
        self.primary.query("select cast(pg_logical_emit_message(true, 'tests', '') as text)")
        wanted = self.primary.value("select cast(pg_current_wal_flush_lsn() as text)")
        until = time.monotonic() + seconds
        while self.standby.value(f"select {position} is null or {position} < '{wanted}'"):
            if time.monotonic() > until:
                raise TimeoutError(f"the standby has not reached {wanted} within {seconds} s: {position}")
            time.sleep(0.01)

    @contextmanager
    def paused_replay(self) -> Iterator[None]:
        """For the length of the block the standby replays nothing, and so lags; then it catches up."""
        self.standby.execute("select pg_wal_replay_pause()")
        try:
            while self.standby.value("select pg_get_wal_replay_pause_state()") != "paused":
                # a pause takes effect at the next record, so there has to be one
                self.primary.execute("select pg_switch_wal()")
                time.sleep(0.02)
            yield
        finally:
            self.standby.execute("select pg_wal_replay_resume()")
            self.caught_up()

    @contextmanager
    def standby_delay(self, milliseconds: int) -> Iterator[None]:
        """How long replay waits for a statement it is in conflict with before it cancels it (else 30 s)."""
        self._set_on_standby(f"max_standby_streaming_delay = {milliseconds}")
        try:
            yield
        finally:
            self._set_on_standby("max_standby_streaming_delay = default")

    def _set_on_standby(self, setting: str) -> None:
        before = self.standby.value("select pg_conf_load_time()")
        self.standby.execute(f"alter system set {setting}")
        self.standby.execute("select pg_reload_conf()")
        while self.standby.value("select pg_conf_load_time()") == before:
            time.sleep(0.01)
            self.standby.forget("postgres")  # a session sees the new settings between two statements

    # ------------------------------------------------------------ certificates

    @contextmanager
    def wrong_host_certificate(self) -> Iterator[None]:
        """For the length of the block both show a certificate of the same CA for another host."""
        self._show_certificate("elsewhere")
        try:
            yield
        finally:
            self._show_certificate("loopback")

    def _show_certificate(self, which: str) -> None:
        wanted = ssl.PEM_cert_to_DER_cert((self.home / f"{which}.pem").read_text())
        self._put_certificate(which)
        for node in (self.primary, self.standby):
            node.execute("select pg_reload_conf()")
            while node.shown_certificate() != wanted:
                time.sleep(0.01)

    def _put_certificate(self, which: str) -> None:
        for suffix in ("pem", "key"):
            shutil.copy2(self.home / f"{which}.{suffix}", self.home / f"server.{suffix}")
            hand_over(self.home / f"server.{suffix}", account("postgres"))

    # ------------------------------------------------------------ start and end

    def stop(self) -> None:
        """Ends both servers and removes their files."""
        for node in (self.standby, self.primary):
            node.stop(signal.SIGQUIT)  # at once, with nothing written down: the files go, too
        shutil.rmtree(self.home, ignore_errors=True)

    def _write_files(self) -> None:
        authority = Authority("warehouse tests")
        authority.write(self.ca_file)
        Authority("somebody else").write(self.other_ca_file)
        for which, names in (("loopback", LOOPBACK), ("elsewhere", ELSEWHERE)):
            authority.issue(names, self.home / f"{which}.pem", self.home / f"{which}.key")
        (self.home / "server.conf").write_text(OPTIONS.format(home=self.home))
        (self.home / "hba.conf").write_text(RULES)
        hand_over(self.home, account("postgres"))
        self._put_certificate("loopback")

    def _install(self) -> None:
        """Two copies of one new cluster: the second becomes the standby."""
        how = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(
            [program("initdb") or "initdb", f"--pgdata={self.primary.data}", *how],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env={**os.environ, "TZ": "UTC"},
            **run_as(account("postgres")),
        )
        if done.returncode != 0:
            raise RuntimeError(f"initdb failed: {done.stdout[-1500:]}{done.stderr[-1500:]}")
        shutil.copytree(self.primary.data, self.standby.data)

    def _launch(self) -> None:
        self.primary.launch()
        for name, word in self._passwords.items():
            self.primary.execute(f"create role {name} login password '{word}'")
        self.primary.execute("grant pg_read_all_data to reader, writer; grant pg_write_all_data to writer")
        upstream = f"primary_conninfo = 'host={self.home} port={self.primary.port} user=postgres'\n"
        (self.standby.data / "postgresql.auto.conf").write_text(upstream)
        (self.standby.data / "standby.signal").touch()
        hand_over(self.standby.data, account("postgres"))
        self.standby.data.chmod(0o700)
        self.standby.launch()
        self.caught_up()
