"""dlt's DuckDB destination on the warehouse's own connection, so that one process holds one file once."""

from __future__ import annotations

from typing import Any

from pipelines.warehouse import Warehouse


def open_destination(warehouse: Warehouse) -> Any:
    """The dlt destination; merge scratch goes to `_dlt_merge_<schema>`, so that staging keeps its meaning."""
    import dlt

    return dlt.destinations.duckdb(
        warehouse.connection, staging_dataset_name_layout="_dlt_merge_%s", truncate_staging_dataset=True
    )
