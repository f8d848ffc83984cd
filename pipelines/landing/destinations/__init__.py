"""Where dlt loads to: the warehouse, on the engine it is on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.settings import Settings
from pipelines.warehouse import Warehouse


@dataclass(frozen=True)
class Destination:
    """dlt's destination; `merges` is the only strategy of a merge there, None where any will do; `warnings`
    grows while it loads.
    """

    dlt: Any
    merges: str | None = None
    warnings: list[str] = field(default_factory=list)


def destination(settings: Settings, warehouse: Warehouse, schema: str) -> Destination:
    """For one load into `schema`; merge scratch goes to `_dlt_merge_<schema>`, so that staging keeps its
    meaning.
    """
    if warehouse.engine == "sqlserver":
        from pipelines.landing.destinations.sqlserver.factory import open_destination

        route = open_destination(settings, warehouse, schema)
        return Destination(route, "delete-insert", route.warnings)
    from pipelines.landing.destinations.duckdb import open_destination as on_duckdb

    return Destination(on_duckdb(warehouse))
