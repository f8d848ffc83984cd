"""PostgreSQL, RDS and Aurora PostgreSQL through ADBC: guard, session and rows on one connection."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipelines.contracts import Column
from pipelines.errors import NotAReplica, NotVerified
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import postgresql_catalogue as catalogue
from pipelines.sources.replica.postgresql_errors import connection_error, is_cut, read_error
from pipelines.sources.replica.postgresql_session import FAILURES, Session
from pipelines.sources.replica.postgresql_target import PostgreSqlTarget
from pipelines.sources.replica.postgresql_types import exact, family, selected
from pipelines.sources.replica.reader import BATCH_ROWS, Reader, Select, SourceTable

_LOCK_SECONDS = 10
_IDLE_SECONDS = 300
_CHUNK = "begin transaction isolation level repeatable read, read only"


class PostgreSqlReader(Reader):
    """Every chunk is a short transaction of its own, REPEATABLE READ and READ ONLY. A connection on which
    anything failed is closed; the next one proves again that it leads to a replica."""

    engine = "postgresql"
    quote_mark = '"'

    def __init__(self, place: str, where: InstanceSettings, settings: Settings) -> None:
        super().__init__(place)
        self._target = PostgreSqlTarget(place, where)
        self._allow_primary = where.allow_primary
        self._settings = settings
        self._session: Session | None = None
        self._unchecked_text = False

    def guard(self) -> None:
        self._connected()

    def describe(self, table: str) -> SourceTable:
        place = (self.text(self._target.schema), self.text(table))
        listed = {str(name): str(kind).lower() for name, kind in self._asked(catalogue.COLUMNS % place)}
        indexes: dict[str, set[str]] = {}
        for index, column in self._asked(catalogue.UNIQUE_KEYS % place):
            indexes.setdefault(str(index), set()).add(str(column))
        return SourceTable(table, listed, frozenset(frozenset(names) for names in indexes.values()))

    def indexed(self, table: str) -> frozenset[str]:
        place = (self.text(self._target.schema), self.text(table))
        return frozenset(str(name) for (name,) in self._asked(catalogue.LEADING % place))

    def clock(self) -> datetime:
        [(now,)] = self._asked("select cast(date_trunc('second', clock_timestamp()) as timestamp)")
        return datetime.fromisoformat(str(now))

    def lag(self) -> float | None:
        """Seconds; None on a primary. On a standby that has replayed all it received: 0, however long ago."""
        [(aurora,)] = self._asked(catalogue.IS_AURORA)
        [(seconds,)] = self._asked(catalogue.AURORA_LAG if aurora else catalogue.LAG)
        return None if seconds is None else float(seconds)

    def connections(self) -> tuple[int, int] | None:
        [(used, allowed)] = self._asked(catalogue.CONNECTIONS)
        return int(used), int(allowed)

    def stream(self, select: Select) -> Iterator[pa.RecordBatch]:
        started, limit = time.monotonic(), self._settings.statement_timeout
        session = self._in_transaction()
        try:
            yield from self._batches(session, self.sql(select))
            session.run("commit")
        except FAILURES as failed:
            self.close()
            timed_out = 0 < limit <= time.monotonic() - started + 1
            raise read_error(self.place, self._target, select.table, failed, timed_out=timed_out) from None
        except BaseException:  # given up in mid-page: what is still on its way would be the next answer
            self.close()
            raise

    def expression(self, column: Column, source_type: str) -> str:
        return selected(self.quote(column.name), source_type)

    def greatest(self, columns: Sequence[str]) -> str:
        return f"greatest({', '.join(columns)})"

    def text(self, value: str | bytes) -> str:
        if isinstance(value, bytes):
            return f"convert_from(decode('{value.hex()}', 'hex'), 'SQL_ASCII')"
        return super().text(value)

    def same_type(self, declared: str, offered: str) -> bool:
        return family(declared) == family(offered)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    # ------------------------------------------------------------ the connection

    def _connected(self) -> Session:
        if self._session is None:
            with self._translated():
                self.connections_opened += 2  # the driver's first looks up the types, and ends before ours
                self._session = Session(self._target.conninfo(self._settings.connect_timeout))
            try:
                with self._translated():
                    self._session.run(self._manners())
                    [proof] = self._session.rows(catalogue.PROOF)
                self._prove(*proof)
                if self._unchecked_text:  # in any other client encoding the server refuses what is no UTF-8
                    with self._translated():
                        self._session.run("set client_encoding to 'SQL_ASCII'")
            except BaseException:
                self.close()
                raise
        return self._session

    def _prove(self, encrypted: bool, in_recovery: bool, read_only: bool, encoding: str) -> None:
        if self._target.verified and not encrypted:
            raise NotVerified(f"{self.place}: the connection is not encrypted.", "Enable TLS on the server.")
        if not read_only or not (in_recovery or self._allow_primary):
            raise NotAReplica(
                f"{self.place}: {self._target.host} is not a read-only replica.",
                "Point the URL at the replica, or waive the check with "
                f"WAREHOUSE_SOURCES__{self.place.replace('/', '__').upper()}__ALLOW_PRIMARY=true.",
            )
        self._unchecked_text = encoding == "SQL_ASCII"

    def _manners(self) -> str:
        """What the session is, whatever the server's, the database's or the role's defaults are."""
        return (
            "set session characteristics as transaction isolation level repeatable read, read only; "
            f"set statement_timeout = '{self._settings.statement_timeout}s'; "
            f"set lock_timeout = '{_LOCK_SECONDS}s'; "
            f"set idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'; "
            f"set search_path to {self.quote(self._target.schema)}; set time zone 'UTC'; "
            "set datestyle to 'ISO, YMD'; set intervalstyle to 'iso_8601'; set extra_float_digits to 1; "
            "set standard_conforming_strings to on"
        )

    def _in_transaction(self) -> Session:
        """A session with a chunk's transaction begun; one that was cut while idle is made anew."""
        for last in (False, True):
            session = self._connected()
            try:
                session.run(_CHUNK)
            except FAILURES as failed:
                self.close()
                if last or not is_cut(failed):
                    raise connection_error(self.place, self._target, failed) from None
            else:
                return session
        raise AssertionError("unreachable")

    def _batches(self, session: Session, sql: str) -> Generator[pa.RecordBatch, None, None]:
        with closing(session.batches(sql)) as batches:
            for batch in batches:
                whole = exact(batch, unchecked_text=self._unchecked_text)
                for at in range(0, whole.num_rows, BATCH_ROWS):
                    yield whole.slice(at, BATCH_ROWS)

    def _asked(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a small question; a connection that was cut while idle is made anew."""
        with self._translated():
            try:
                return self._connected().rows(sql)
            except FAILURES as failed:
                self.close()
                if not is_cut(failed):
                    raise
            return self._connected().rows(sql)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as failed:
            raise connection_error(self.place, self._target, failed) from None
