"""MySQL, MariaDB and Aurora: one guard connection (PyMySQL), rows through connectorx as Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import pyarrow as pa
import pymysql

from pipelines.contracts import Column
from pipelines.errors import NotVerified
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica.mysql_errors import connection_error, read_error
from pipelines.sources.replica.mysql_lag import replica_lag
from pipelines.sources.replica.mysql_replica import IS_AURORA, STATE, is_replica, proof, refusal
from pipelines.sources.replica.mysql_target import MySqlTarget, silenced
from pipelines.sources.replica.reader import BATCH_ROWS, Reader, Select, SourceTable

_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "bit"})
_FAMILIES = {
    **dict.fromkeys(_INTEGERS | {"bool", "boolean"}, "integer"),
    **dict.fromkeys(("decimal", "numeric"), "decimal"),
    **dict.fromkeys(("float", "double", "real"), "double"),
    **dict.fromkeys(("datetime", "timestamp"), "timestamp"),
    **dict.fromkeys(("binary", "varbinary", "blob", "tinyblob", "mediumblob", "longblob"), "binary"),
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json"), "text"
    ),
}
# connectorx panics on zero dates, negative times and wide decimals: these travel as their exact text
_AS_TEXT = frozenset({"decimal", "numeric", "date", "datetime", "timestamp", "time", "enum", "set", "json"})


class MySqlReader(Reader):
    """Guards run on PyMySQL, because connectorx tries a wrong password seven times over thirty seconds."""

    engine = "mysql"
    quote_mark = "`"
    connections_per_read = 1  # connectorx opens its own, beside the guard's

    def __init__(self, place: str, where: InstanceSettings, settings: Settings) -> None:
        super().__init__(place)
        self._target = MySqlTarget(place, where)
        self._allow_primary = where.allow_primary
        self._settings = settings
        self._guard: Any = None
        self._aurora = False
        self._lag_is_told = True

    def guard(self) -> None:
        with self._translated():
            self._connect()
            self._prove()

    def describe(self, table: str) -> SourceTable:
        columns = (
            "select column_name, data_type from information_schema.columns "
            "where table_schema = database() and table_name = %s order by ordinal_position"
        )
        # a unique index over a column that can be NULL allows any number of NULLs: no key to page by
        keys = (
            "select s.index_name, s.column_name from information_schema.statistics as s "
            "where s.table_schema = database() and s.table_name = %s and s.non_unique = 0 and not exists "
            "(select 1 from information_schema.statistics as o where o.table_schema = s.table_schema "
            "and o.table_name = s.table_name and o.index_name = s.index_name and o.nullable = 'YES')"
        )
        with self._translated():
            listed = {str(name): str(kind).lower() for name, kind in self._all(columns, table)}
            indexes: dict[str, set[str]] = {}
            for index, column in self._all(keys, table):
                indexes.setdefault(str(index), set()).add(str(column))
        return SourceTable(table, listed, frozenset(frozenset(names) for names in indexes.values()))

    def indexed(self, table: str) -> frozenset[str]:
        leading = (
            "select distinct column_name from information_schema.statistics "
            "where table_schema = database() and table_name = %s and seq_in_index = 1"
        )
        with self._translated():
            return frozenset(str(name) for (name,) in self._all(leading, table))

    def clock(self) -> datetime:
        with self._translated():
            now: datetime = self._one("select utc_timestamp()")[0]
        return now

    def lag(self) -> float | None:
        """Aurora tells it to everybody; the others with REPLICATION CLIENT (MariaDB: REPLICA MONITOR)."""
        if not self._lag_is_told:
            return None
        with self._translated():
            seconds = replica_lag(self._connect(), self.place)
        self._lag_is_told = seconds is not None
        return seconds

    def connections(self) -> tuple[int, int] | None:
        with self._translated():
            used = self._one("show global status like 'Threads_connected'")[1]
            allowed = self._one("select @@global.max_connections")[0]
        return int(used), int(allowed)

    def stream(self, select: Select) -> Iterator[pa.RecordBatch]:
        import connectorx

        self.connections_opened += 1
        with self._translated(select.table), silenced():
            yield from connectorx.read_sql(
                self._target.connectorx_url(),
                self.sql(select),
                return_type="arrow_stream",
                batch_size=BATCH_ROWS,
                pre_execution_query=self._session(),
            )

    def expression(self, column: Column, source_type: str) -> str:
        quoted = self.quote(column.name)
        if source_type in _AS_TEXT:
            return f"cast({quoted} as char)"
        if source_type == "float":
            return f"cast({quoted} as double)"
        return f"cast({quoted} as unsigned)" if source_type in ("bit", "year") else quoted

    def text(self, value: str | bytes) -> str:
        return super().text(value.replace("\\", "\\\\") if isinstance(value, str) else value)

    def same_type(self, declared: str, offered: str) -> bool:
        declared = declared.partition("(")[0]  # a contract may say decimal(12,2), the catalogue says decimal
        return _FAMILIES.get(declared, declared) == _FAMILIES.get(offered, offered)

    def close(self) -> None:
        if self._guard is not None:
            with suppress(pymysql.Error):
                self._guard.close()
            self._guard = None

    def _session(self) -> list[str]:
        seconds = self._settings.statement_timeout
        # MariaDB counts seconds, MySQL milliseconds, and neither knows the other's name
        mariadb = "mariadb" in str(self._guard.get_server_info()).lower()
        limit = f"max_statement_time={seconds}" if mariadb else f"max_execution_time={seconds * 1000}"
        session = ["transaction read only", limit, "time_zone='+00:00'"]
        settings = [f"set session {setting}" for setting in session]
        return settings if self._allow_primary else [*settings, proof(aurora=self._aurora)]

    def _prove(self) -> None:
        """What the connection must show before anything is read through it."""
        if self._target.verified and not self._one("show session status like 'Ssl_cipher'")[1]:
            raise NotVerified(f"{self.place}: the connection is not encrypted.", "Enable TLS on the server.")
        self._aurora = bool(self._all(IS_AURORA))
        read_only, engine_read_only = self._one(STATE)
        replica = is_replica(int(read_only), int(engine_read_only), aurora=self._aurora)
        if not (replica or self._allow_primary):
            raise refusal(self.place, self._target.host)

    def _connect(self) -> Any:
        if self._guard is not None:
            try:
                self._guard.ping(reconnect=False)
            except pymysql.Error:  # idle while a large table was read, and servers close what is idle
                self.close()
                self._open()
                self._prove()  # who answers now may be the writer
        if self._guard is None:
            self._open()
        return self._guard

    def _open(self) -> None:
        patience = self._settings.connect_timeout
        self.connections_opened += 1
        self._guard = pymysql.connect(
            **self._target.pymysql_arguments(), connect_timeout=patience, read_timeout=3 * patience
        )

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._connect().cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def _one(self, sql: str) -> tuple[Any, ...]:
        return self._all(sql)[0]

    @contextmanager
    def _translated(self, table: str | None = None) -> Iterator[None]:
        """Driver errors to ours. connectorx panics are BaseException, hence the wide net."""
        try:
            yield
        except (pymysql.Error, OSError) as failed:
            raise connection_error(self.place, self._target, failed) from None
        except BaseException as failed:
            if type(failed).__name__ == "PanicException" or isinstance(failed, (RuntimeError, ValueError)):
                raise read_error(self.place, self._target, table, failed) from None
            raise
