"""A MariaDB primary and its replica: row-based binary log, TLS on every link; the replica can be slowed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymysql

from tests.servers.mariadb import MariaDb

_SMALL = "innodb-buffer-pool-size=32M"
PRIMARY = (
    _SMALL,
    "server-id=1",
    "log-bin={home}/data/binlog",
    "binlog-format=ROW",
    "sync-binlog=0",
)
REPLICA = (_SMALL, "server-id=2", "skip-log-bin", "slave-net-timeout=20")
CATCH_UP_SECONDS = 20


class MariaDbPair:
    """Write at `primary` (read_only=0), read from `replica` (read_only=1); each has TLS and a CA of its own.

    `pair.replica.url("shop")` and `pair.replica.ca_file` are what settings take.
    """

    def __init__(self, primary: MariaDb, replica: MariaDb) -> None:
        self.primary, self.replica = primary, replica

    @classmethod
    def start(cls) -> MariaDbPair:
        """Makes, starts and connects both (about 6 s). Raises RuntimeError when replication does not run."""
        primary = MariaDb.start(*PRIMARY)
        try:
            replica = MariaDb.start(*REPLICA)
        except BaseException:
            primary.stop()
            raise
        pair = cls(primary, replica)
        try:
            pair._connect()
        except BaseException:
            pair.stop()
            raise
        return pair

    def execute(self, sql: str, database: str | None = None) -> tuple[tuple[Any, ...], ...]:
        """Runs statements at the primary as its administrator; the replica follows (see `caught_up`)."""
        return self.primary.execute(sql, database)

    def create_database(self, database: str) -> None:
        """An empty database at the primary; an old one goes."""
        self.primary.create_database(database)

    def open_transaction(self, database: str) -> pymysql.Connection:
        """A login of the application's at the primary, in a transaction that the caller ends."""
        connection = pymysql.connect(
            host="127.0.0.1",
            port=self.primary.port,
            user="writer",
            password=self.primary.password("writer"),
            database=database,
            charset="utf8mb4",
            ssl_disabled=True,
        )
        connection.begin()
        return connection

    def caught_up(self) -> None:
        """Waits until the replica shows all that is committed. Raises RuntimeError if it does not."""
        [(position,)] = self.primary.execute("select @@global.gtid_binlog_pos")
        waited = f"select master_gtid_wait('{position}', {CATCH_UP_SECONDS})"
        if self.replica.execute(waited) != ((0,),):
            raise RuntimeError(f"the replica did not catch up: {self.status()}")

    def status(self) -> dict[str, Any]:
        """SHOW REPLICA STATUS as the administrator of the replica sees it, by column name."""
        connection = pymysql.connect(
            unix_socket=str(self.replica.home / "s.sock"),
            user="root",
            password=self.replica.password("root"),
            ssl_disabled=True,
        )
        with connection, connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute("show replica status")
            return cursor.fetchone() or {}

    @contextmanager
    def applying_stopped(self) -> Iterator[None]:
        """For the length of the block the replica receives but applies nothing; its lag is then NULL."""
        self.replica.execute("stop slave sql_thread")
        try:
            yield
        finally:
            self.replica.execute("start slave sql_thread")
            self.caught_up()

    @contextmanager
    def delayed(self, seconds: int) -> Iterator[None]:
        """For the length of the block the replica applies each change so many seconds late, and says so.

        Seconds_Behind_Master counts up from 0 while a change waits, so write something, then ask `lag()`.
        """
        self._set_delay(seconds)
        try:
            yield
        finally:
            self._set_delay(0)
            self.caught_up()

    def lag(self) -> int | None:
        """Seconds_Behind_Master; None while nothing is applied."""
        behind: int | None = self.status()["Seconds_Behind_Master"]
        return behind

    def wait_for_lag(self, seconds: int) -> None:
        """Until `lag()` is at least so much. Raises RuntimeError after CATCH_UP_SECONDS."""
        until = time.monotonic() + CATCH_UP_SECONDS
        while (self.lag() or 0) < seconds:
            if time.monotonic() > until:
                raise RuntimeError(f"the replica does not fall behind: {self.status()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Ends both servers and removes their files."""
        self.replica.stop()
        self.primary.stop()

    def _set_delay(self, seconds: int) -> None:
        self.replica.execute(f"stop slave; change master to master_delay = {seconds}; start slave")

    def _connect(self) -> None:
        """Follows the primary from here on; what each server made for itself before stays its own."""
        self.primary.set_read_only(False)
        password = self.primary.password("follower")
        self.primary.execute(
            f"create user follower@'%' identified by '{password}' require ssl; "
            "grant replication slave on *.* to follower@'%'"
        )
        [(position,)] = self.primary.execute("select @@global.gtid_binlog_pos")
        self.replica.execute(
            f"set global gtid_slave_pos = '{position}'; change master to master_host = '127.0.0.1', "
            f"master_port = {self.primary.port}, master_user = 'follower', master_password = '{password}', "
            f"master_ssl = 1, master_ssl_ca = '{self.primary.ca_file}', master_ssl_verify_server_cert = 1, "
            "master_connect_retry = 1, master_use_gtid = slave_pos; start slave"
        )
        self.primary.execute("create database if not exists replicated")
        self.caught_up()
