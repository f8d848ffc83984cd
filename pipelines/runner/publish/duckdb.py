"""Publishes all marts at once: a new file beside the old one, then one atomic rename.

Readers hold the old file until they open again; a run never waits for them and they never see half.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.landing.ledger import utc_now
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import translated


def publish(settings: Settings, warehouse: Warehouse, run_id: str, relations: list[str]) -> int:
    """Copies `relations` to the published file; returns the number of rows."""
    target = settings.published_file
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".next")
    fresh.unlink(missing_ok=True)
    rows = 0
    with translated(fresh):
        warehouse.execute(f"attach '{fresh}' as published")
        try:
            rows = sum(_copy(warehouse, relation) for relation in relations)
            _about(settings, warehouse, run_id)
        finally:
            warehouse.execute("detach published")
        _settle_on_disk(fresh)
        fresh.replace(target)
        _settle_on_disk(target.parent)
    return rows


def _copy(warehouse: Warehouse, relation: str) -> int:
    schema, name = relation.split(".", 1)
    warehouse.execute(f'create schema if not exists published."{schema}"')
    warehouse.execute(f'create table published."{schema}"."{name}" as select * from "{schema}"."{name}"')
    return int(warehouse.value(f'select count(*) from published."{schema}"."{name}"'))


def _about(settings: Settings, warehouse: Warehouse, run_id: str) -> None:
    """One row that says what this file is: which run, as of when, published when."""
    warehouse.execute(
        "create table published.main.about as select ? as run_id, ? as as_of, ? as published_at",
        [run_id, settings.clock, utc_now()],
    )


def _settle_on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
