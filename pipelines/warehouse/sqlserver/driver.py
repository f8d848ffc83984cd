"""Microsoft's driver for SQL Server: its loading, its failures, one session on it.

The sources that are a SQL Server use it, too. The driver tells no error number, only a class of error: the
number of a statement's failure is asked of the session (`@@error`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.settings import openssl_trusts

# Debian's packages of what the driver links to; PyPI cannot bring them
LIBRARIES = {
    "libltdl7": "libltdl.so.7",
    "libkrb5-3": "libkrb5.so.3",
    "libgssapi-krb5-2": "libgssapi_krb5.so.2",
}
_STATES = (
    "08S01", "08001", "08003", "08007", "28000", "42000", "42S02", "42S22", "40001", "HYT00", "HYT01",
    "HY008", "22001", "22003", "23000",
)  # fmt: skip
_CODE = re.compile(r"(?:Error code 0x([0-9A-Fa-f]+)|[Ee]rror \[(\d+)\])")


class Incomplete(Exception):
    """A result ended early and the driver (mssql-python 1.16) said nothing: it passes over an error in a
    fetch that has brought some rows already, and the next fetch looks like the end."""


def load_driver() -> Any:
    """The driver's module. Raises ImportError when it, or a library of the system it needs, is missing."""
    try:
        import mssql_python
    except (OSError, RuntimeError):
        raise ImportError("mssql_python") from None
    # its pool would keep connections open after close(), and hand them out unproven
    mssql_python.pooling(enabled=False)
    return mssql_python


def failures(driver: Any) -> tuple[type[Exception], ...]:
    """What the driver raises: its own errors, and Python's where its core speaks directly."""
    return (driver.Error, driver.ConnectionStringParseError, Incomplete, RuntimeError, OSError)


def state(failed: BaseException) -> str | None:
    """The SQLSTATE behind the driver's class of error, of those that are told apart here."""
    from mssql_python.exceptions import sqlstate_to_exception

    for known in _STATES:
        example = sqlstate_to_exception(known, "")
        if example and getattr(failed, "driver_error", None) == getattr(example, "driver_error", ""):
            return known
    return None


def login_number(failed: BaseException) -> int | str:
    """What is known of a connection that could not be made: a code of the network, a SQLSTATE, or a name."""
    found = _CODE.search(str(failed))
    if found:
        return int(found[1], 16) if found[1] else int(found[2])
    return state(failed) or type(failed).__name__


def connection_string(words: dict[str, str]) -> str:
    """ODBC's keywords and values, each value in braces."""
    return ";".join(f"{word}={{{value.replace('}', '}}')}}}" for word, value in words.items())


class Session:
    """An open connection. All but `close` and `last_error` raise the driver's own errors (`failures`)."""

    def __init__(
        self, driver: Any, string: str, ca_file: Path | None, connect_timeout: int, statement_timeout: int
    ) -> None:
        self.failures = failures(driver)
        with openssl_trusts(ca_file):
            self._connection = driver.connect(string, autocommit=True, timeout=connect_timeout)
        self._connection.timeout = statement_timeout

    @property
    def connection(self) -> Any:
        """The driver's own, for a library that speaks DBAPI to it."""
        return self._connection

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Statements whose rows, if they have any, are not looked at. All are heard to their end: an error of
        the second is said only then."""
        with closing(self._connection.cursor()) as cursor:
            _ask(cursor, sql, parameters)
            while cursor.nextset():
                pass
            _whole(cursor)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """One statement with each row of parameters: not one transaction, unless there is one already."""
        with closing(self._connection.cursor()) as cursor:
            cursor.executemany(sql, rows)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.answered(sql, parameters)[1]

    def answered(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names and rows of the first result; neither where there is none."""
        with closing(self._connection.cursor()) as cursor:
            _ask(cursor, sql, parameters)
            if not cursor.description:
                return [], []
            names = [column[0] for column in cursor.description]
            found = [tuple(row) for row in cursor.fetchall()]
            _whole(cursor)
        return names, found

    def batches(self, sql: str, parameters: Sequence[Any] = (), *, size: int) -> Iterator[pa.RecordBatch]:
        """Not `cursor.arrow_reader`: an error in mid-stream would come as Arrow's, without its class."""
        with closing(self._connection.cursor()) as cursor:
            _ask(cursor, sql, parameters)
            while (batch := cursor.arrow_batch(size)).num_rows:
                yield batch
            _whole(cursor)
        # what the driver kept to itself, the session shows: it is gone, or its last statement failed
        if self.last_error() != 0:
            raise Incomplete

    def copy(self, table: str, rows: pa.Table, *, seconds: int) -> None:
        """Bulk copy of rows that are all there, by the names of their columns. It has a connection of its
        own, outside our transaction, and what it sent stays; that it ends in peace proves nothing."""
        with closing(self._connection.cursor()) as cursor:
            cursor.bulkcopy_arrow(
                table, rows, batch_size=0, timeout=seconds, keep_nulls=True, table_lock=True,
                column_mappings=[(name, name) for name in rows.column_names],
            )  # fmt: skip

    def last_error(self) -> int | None:
        """The number of the statement that has just failed; None when the connection is gone with it."""
        with suppress(*self.failures):
            [(number,)] = self.rows("select @@error")
            return int(number)
        return None

    def close(self) -> None:
        with suppress(*self.failures):
            self._connection.close()


def _ask(cursor: Any, sql: str, parameters: Sequence[Any]) -> None:
    if parameters:
        cursor.execute(sql, tuple(parameters))
    else:
        cursor.execute(sql)


def _whole(cursor: Any) -> None:
    """Raises Incomplete when the driver noted an error; SQLSTATEs that begin with 01 are only warnings."""
    if any(not str(state).startswith("[01") for state, _ in cursor.messages):
        raise Incomplete
