"""One connection to a SQL Server that is read: what is set for it, and its texts as they are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.settings import Settings
from pipelines.sources.replica.reader import BATCH_ROWS
from pipelines.sources.replica.sqlserver_errors import not_loaded
from pipelines.sources.replica.sqlserver_target import SqlServerTarget
from pipelines.sources.replica.sqlserver_types import exact
from pipelines.warehouse.sqlserver import driver

_LOCK_SECONDS = 10
# Literals are ISO times. A deadlock's victim is whoever reads for us, never who writes there.
_SESSION = f"set dateformat ymd; set deadlock_priority low; set lock_timeout {_LOCK_SECONDS * 1000}"


def load_driver(place: str) -> Any:
    """The driver's module. Raises SourceUnreadable, which names the system's libraries it needs."""
    try:
        return driver.load_driver()
    except ImportError:
        raise not_loaded(place) from None


class SqlServerSession(driver.Session):
    """An open connection. All but `close` and `last_error` raise the driver's own errors (`failures`)."""

    def __init__(self, module: Any, target: SqlServerTarget, settings: Settings) -> None:
        super().__init__(
            module,
            target.connection_string(),
            target.ca_path if target.verified else None,
            settings.connect_timeout,
            settings.statement_timeout,
        )
        self.run(_SESSION)

    def exact_batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows with their texts as they are at the source."""
        for batch in self.batches(sql, size=BATCH_ROWS):
            yield exact(batch)
