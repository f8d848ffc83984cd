"""One connection to a SQL Server through Microsoft's driver: its loading, its settings, its batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pyarrow as pa

from pipelines.settings import Settings, openssl_trusts
from pipelines.sources.replica import sqlserver_catalogue as catalogue
from pipelines.sources.replica.reader import BATCH_ROWS
from pipelines.sources.replica.sqlserver_errors import not_loaded
from pipelines.sources.replica.sqlserver_target import SqlServerTarget
from pipelines.sources.replica.sqlserver_types import exact

_LOCK_SECONDS = 10
# Literals are ISO times. A deadlock's victim is whoever reads for us, never who writes there.
_SESSION = f"set dateformat ymd; set deadlock_priority low; set lock_timeout {_LOCK_SECONDS * 1000}"


def load_driver(place: str) -> Any:
    """The driver's module. Raises SourceUnreadable, which names the system's libraries it needs."""
    try:
        import mssql_python
    except (ImportError, OSError, RuntimeError):
        raise not_loaded(place) from None
    # its pool would keep connections open after close(), and hand them out unproven
    mssql_python.pooling(enabled=False)
    return mssql_python


def failures(driver: Any) -> tuple[type[Exception], ...]:
    """What the driver raises: its own errors, and Python's where its core speaks directly."""
    return (driver.Error, driver.ConnectionStringParseError, Incomplete, RuntimeError, OSError)


class Incomplete(Exception):
    """A result ended early and the driver (mssql-python 1.16) said nothing: it passes over an error in a
    fetch that has brought some rows already, and the next fetch looks like the end."""


class SqlServerSession:
    """An open connection. All but `close` and `last_error` raise the driver's own errors (`failures`)."""

    def __init__(self, driver: Any, target: SqlServerTarget, settings: Settings) -> None:
        self.failures = failures(driver)
        with openssl_trusts(target.ca_path if target.verified else None):
            self._connection = driver.connect(
                target.connection_string(), autocommit=True, timeout=settings.connect_timeout
            )
        self._connection.timeout = settings.statement_timeout
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(_SESSION)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            found = [tuple(row) for row in cursor.fetchall()]
            _whole(cursor)
        return found

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Not `cursor.arrow_reader`: an error in mid-stream would come as Arrow's, without its class."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql)
            while (batch := cursor.arrow_batch(BATCH_ROWS)).num_rows:
                yield exact(batch)
            _whole(cursor)
        # what the driver kept to itself, the session shows: it is gone, or its last statement failed
        if self.last_error() != 0:
            raise Incomplete

    def last_error(self) -> int | None:
        """The number of the statement that has just failed; None when the connection is gone with it."""
        with suppress(*self.failures):
            [(number,)] = self.rows(catalogue.LAST_ERROR)
            return int(number)
        return None

    def close(self) -> None:
        with suppress(*self.failures):
            self._connection.close()


def _whole(cursor: Any) -> None:
    """Raises Incomplete when the driver noted an error; SQLSTATEs that begin with 01 are only warnings."""
    if any(not str(state).startswith("[01") for state, _ in cursor.messages):
        raise Incomplete
