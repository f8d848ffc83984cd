"""Opens the warehouse on the engine that the settings name."""

from __future__ import annotations

from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.warehouse.duckdb import open_file, open_published_file
from pipelines.warehouse.interface import Warehouse
from pipelines.warehouse.published import is_published


def open_warehouse(settings: Settings, *, read_only: bool = False) -> Warehouse:
    """The warehouse: landed rows, models and `ops`.

    Raises WarehouseLocked when another process holds its file longer than `lock_timeout`, UsageError when a
    reader finds no file, and WarehouseUnreachable with the reason when a server cannot be used.
    """
    if settings.engine == "sqlserver":
        from pipelines.warehouse.sqlserver import open_database

        return open_database(settings, read_only=read_only)
    return open_file(settings, read_only=read_only)


def open_published(settings: Settings) -> Warehouse:
    """The published marts, for reading: a file closed to the outside, or the schemas of a database.

    Raises UsageError when nothing is published yet, and what `open_warehouse` raises.
    """
    if settings.engine == "sqlserver":
        from pipelines.warehouse.sqlserver import open_database

        opened = open_database(settings, read_only=True)
        if not is_published(opened):
            opened.close()
            raise UsageError(f"Nothing is published in {opened.place} yet.", "Run `warehouse run` first.")
        return opened
    return open_published_file(settings)
