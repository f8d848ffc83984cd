"""SQL Server and RDS for SQL Server through mssql-python: guard, session and rows on one connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipelines.contracts import Column
from pipelines.errors import NotAReplica, NotVerified, SourceUnreachable, TableMismatch
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import sqlserver_catalogue as catalogue
from pipelines.sources.replica.reader import Reader, Select, SourceTable
from pipelines.sources.replica.sqlserver_errors import connection_error, read_error
from pipelines.sources.replica.sqlserver_session import SqlServerSession, load_driver
from pipelines.sources.replica.sqlserver_target import SqlServerTarget
from pipelines.sources.replica.sqlserver_types import UNREAD, family, selected
from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sqlserver.driver import failures


class SqlServerReader(Reader):
    """A connection on which anything failed is closed; the next proves anew that it leads to a replica."""

    engine = "sqlserver"
    quote_mark = "]"

    def __init__(self, place: str, where: InstanceSettings, settings: Settings) -> None:
        super().__init__(place)
        self._target = SqlServerTarget(place, where)
        self._allow_primary = where.allow_primary
        self._settings = settings
        self._session: SqlServerSession | None = None
        self._sees_server = False

    def guard(self) -> None:
        self._connected()

    def describe(self, table: str) -> SourceTable:
        name = self.text(self._qualified(table))
        listed = {str(column): _plain(str(kind)) for column, kind in self._asked(catalogue.COLUMNS % name)}
        indexes: dict[str, set[str]] = {}
        for index, column in self._asked(catalogue.UNIQUE_KEYS % name):
            indexes.setdefault(str(index), set()).add(str(column))
        return SourceTable(table, listed, frozenset(frozenset(names) for names in indexes.values()))

    def indexed(self, table: str) -> frozenset[str]:
        listed = self._asked(catalogue.LEADING % self.text(self._qualified(table)))
        return frozenset(str(column) for (column,) in listed)

    def clock(self) -> datetime:
        """To the second: a `datetime` column refuses to be compared with a text of six decimals."""
        [(now,)] = self._asked(catalogue.CLOCK)
        moment: datetime = now
        return moment.replace(microsecond=0)

    def lag(self) -> float | None:
        """As the availability group states it; unknown to a login without VIEW SERVER STATE."""
        self._connected()
        if not self._sees_server:
            return None
        [(suspended, seconds)] = self._asked(catalogue.LAG)
        if suspended:
            raise SourceUnreachable(
                f"{self.place}: replication of this replica has stopped, so nothing new arrives there.",
                "Ask whoever runs it to look at sys.dm_hadr_database_replica_states.",
            )
        return None if seconds is None else float(seconds)

    def connections(self) -> tuple[int, int] | None:
        self._connected()
        if not self._sees_server:
            return None
        [(used, allowed)] = self._asked(catalogue.CONNECTIONS)
        return int(used), int(allowed)

    def stream(self, select: Select) -> Iterator[pa.RecordBatch]:
        session = self._connected()
        try:
            yield from session.exact_batches(self.sql(select))
        except session.failures as failed:
            number = session.last_error()
            self.close()
            raise read_error(self.place, self._target, select.table, number, failed) from None

    def expression(self, column: Column, source_type: str) -> str:
        if source_type in UNREAD:
            raise TableMismatch(
                f"{self.place}: column {column.name} is of type {source_type}, which is not read.",
                "Leave it out of the contract, or have its owner offer a view that casts it.",
            )
        return selected(self.quote(column.name), source_type)

    def exact_time(self, moves: str) -> str:
        """ISO 8601 with every digit: Arrow's microseconds would cut the seventh, and the page's last row come
        again, for ever where a page is one row."""
        return f"convert(nvarchar(33), {moves}, 126)"

    def same_type(self, declared: str, offered: str) -> bool:
        return family(declared) == family(offered)

    def quote(self, name: str) -> str:
        return "[" + name.replace("]", "]]") + "]"

    def text(self, value: str | bytes) -> str:
        if isinstance(value, bytes):
            return f"cast(0x{value.hex()} as varchar(max))"
        return f"N{literal(value)}"

    def sql(self, select: Select) -> str:
        listed = ", ".join(f"{expression} as {self.quote(alias)}" for expression, alias in select.expressions)
        top = f"top ({select.rows}) " if select.rows else ""
        text = f"select {top}{listed} from {self._qualified(select.table)}"
        if select.conditions:
            text += " where " + " and ".join(f"({condition})" for condition in select.conditions)
        return text + (" order by " + ", ".join(select.order) if select.order else "")

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    # ------------------------------------------------------------ the connection

    def _qualified(self, table: str) -> str:
        schema = self._target.schema
        return f"{self.quote(schema)}.{self.quote(table)}" if schema else self.quote(table)

    def _connected(self) -> SqlServerSession:
        if self._session is None:
            driver = load_driver(self.place)
            with self._translated(failures(driver)):
                self.connections_opened += 1
                self._session = SqlServerSession(driver, self._target, self._settings)
            try:
                with self._translated(self._session.failures):
                    self._prove(self._session)
            except BaseException:
                self.close()
                raise
        return self._session

    def _prove(self, session: SqlServerSession) -> None:
        [(updateability, sees_server)] = session.rows(catalogue.PROOF)
        self._sees_server = bool(sees_server)
        # who may not look relies on the driver, which turns away from a server that does not encrypt
        if self._target.verified and self._sees_server:
            [(encrypted,)] = session.rows(catalogue.ENCRYPTED)
            if str(encrypted).upper() != "TRUE":
                raise NotVerified(
                    f"{self.place}: the connection is not encrypted.", "Enable TLS on the server."
                )
        if updateability != "READ_ONLY" and not self._allow_primary:
            raise NotAReplica(
                f"{self.place}: {self._target.host} is not a read-only replica.",
                "Point the URL at the replica, or waive the check with "
                f"WAREHOUSE_SOURCES__{self.place.replace('/', '__').upper()}__ALLOW_PRIMARY=true.",
            )

    def _asked(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a small question; a connection that was cut while idle is made anew, once."""
        session = self._connected()
        with self._translated(session.failures):
            try:
                return session.rows(sql)
            except session.failures:
                alive = session.last_error() is not None
                self.close()
                if alive:
                    raise
        again = self._connected()
        with self._translated(again.failures):
            return again.rows(sql)

    @contextmanager
    def _translated(self, failures: tuple[type[Exception], ...]) -> Iterator[None]:
        try:
            yield
        except failures as failed:
            raise connection_error(self.place, self._target, failed) from None


def _plain(kind: str) -> str:
    """`timestamp` is the old name of rowversion, and no time."""
    return "rowversion" if kind.lower() == "timestamp" else kind.lower()
