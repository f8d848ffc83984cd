"""One more session on the warehouse's database: a load has its own, and so has each of dlt's clients."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import pyarrow as pa

from pipelines.settings import Settings
from pipelines.warehouse.sqlserver import SqlServerWarehouse, open_session

Rows = list[tuple[Any, ...]]


class Connection:
    """Failures are WarehouseErrors, but for those of `copy`, which are the driver's."""

    def __init__(self, settings: Settings) -> None:
        self._warehouse = SqlServerWarehouse(open_session(settings), settings)

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._warehouse.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> Rows:
        return self._warehouse.rows(sql, parameters)

    def answered(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], Rows]:
        return self._warehouse.answered(sql, parameters)

    def copy(self, table: str, rows: pa.Table, *, seconds: int) -> None:
        self._warehouse.session.copy(table, rows, seconds=seconds)

    def transaction(self) -> AbstractContextManager[None]:
        return self._warehouse.transaction()

    def close(self) -> None:
        self._warehouse.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
