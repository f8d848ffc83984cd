"""Publishes the marts that were built and checked: all at once or not at all, on either engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.runner.marts import Mart
from pipelines.runner.publish import duckdb, sqlserver
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Published:
    """`rows` of all marts that are published now, `place` where; `warnings` of what a server cannot do."""

    rows: int
    place: str
    warnings: list[str] = field(default_factory=list)


def publish(
    settings: Settings, warehouse: Warehouse, run_id: str, marts: list[Mart], built: list[str]
) -> Published:
    """`marts` are all of the project, `built` the names of those that this run has built.

    A file is written anew as a whole; in a database only what changed is replaced. A published mart that the
    project has no more goes. Raises WarehouseError; the last good marts stay then.
    """
    if warehouse.engine == "sqlserver":
        warnings: list[str] = []
        rows = sqlserver.publish(settings, warehouse, run_id, marts, built, warnings.append)
        return Published(rows, warehouse.place, warnings)
    rows = duckdb.publish(settings, warehouse, run_id, [mart.name for mart in marts])
    return Published(rows, str(settings.published_file))
