"""One connection to a PostgreSQL server, through ADBC's own classes.

Not through its DB-API, which turns Ctrl-C into a cancelled statement and loses the SQLSTATE of an error that
comes in the middle of a result.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, suppress
from typing import Any

import adbc_driver_manager
import adbc_driver_postgresql
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement
from adbc_driver_manager._reader import AdbcRecordBatchReader

from pipelines.sources.ahead import read_ahead

FAILURES = (adbc_driver_manager.Error, OSError)
BATCH_BYTES = 2 << 20
_BATCH_SIZE = {adbc_driver_postgresql.StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(BATCH_BYTES)}


class Session:
    """Connects at once, in two steps: the driver looks up the types on a connection that it closes first.

    Raises FAILURES, as all its methods do. It serves one statement at a time: another one while `batches` is
    under way would swallow the rest of its rows.
    """

    def __init__(self, conninfo: str) -> None:
        self._database = adbc_driver_postgresql.connect(conninfo)
        try:
            self._connection = AdbcConnection(self._database)
        except BaseException:
            self._database.close()
            raise

    def run(self, sql: str) -> None:
        """Statements without rows."""
        with closing(AdbcStatement(self._connection)) as statement:
            statement.set_sql_query(sql)
            statement.execute_update()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a small question."""
        with closing(AdbcStatement(self._connection)) as statement:
            batches = list(_executed(statement, sql))
        columns = [[column.to_pylist() for column in batch.columns] for batch in batches]
        return [row for batch in columns for row in zip(*batch, strict=True)]

    def batches(self, sql: str) -> Generator[pa.RecordBatch, None, None]:
        """The rows of a SELECT, in batches of about BATCH_BYTES."""
        statement = AdbcStatement(self._connection)

        def whole() -> Generator[pa.RecordBatch, None, None]:
            with closing(statement):
                statement.set_options(**_BATCH_SIZE)
                yield from _executed(statement, sql)

        def stop() -> None:  # else closing the statement would read all the rest
            with suppress(*FAILURES):
                statement.cancel()

        yield from read_ahead(whole, stop)

    def close(self) -> None:
        """Also where a statement did not heed its cancelling and is still open."""
        for part in (self._connection, self._database):
            with suppress(*FAILURES, RuntimeError):
                part.close()


def _executed(statement: AdbcStatement, sql: str) -> Generator[pa.RecordBatch, None, None]:
    statement.set_sql_query(sql)
    handle, _ = statement.execute_query()
    with closing(AdbcRecordBatchReader._import_from_c(handle.address)) as rows:
        yield from rows
