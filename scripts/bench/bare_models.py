"""Child process: the models' SQL as dbt compiled it, without dbt.

`python -m scripts.bench.bare_models take-away MANIFEST WAREHOUSE` drops the models that a build left there;
its seeds and snapshots stay, as what the models read. `… run …` makes the models in dependency order.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from pipelines.settings import Settings

Model = dict[str, Any]


def in_order(manifest: Path) -> list[Model]:
    """Every model after those it reads."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    needs = {name: set(node["depends_on"]["nodes"]) & set(models) for name, node in models.items()}
    return [models[name] for name in TopologicalSorter(needs).static_order()]


def connect(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """As dbt_project/profiles.yml has it: threads, memory, the clock's zone and the place of NULL."""
    defaults = Settings.model_fields
    connection = duckdb.connect(warehouse, config={
        "threads": defaults["dbt_threads"].default, "memory_limit": defaults["memory_limit"].default,
        "temp_directory": str(warehouse.parent / "spill"),
    })  # fmt: skip
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'")
    return connection


def take_away(models: list[Model], warehouse: duckdb.DuckDBPyConnection) -> None:
    """Views before what they read."""
    for model in reversed(models):
        warehouse.execute(f"drop {_kind(model)} {model['relation_name']}")


def run(models: list[Model], warehouse: duckdb.DuckDBPyConnection) -> None:
    """An incremental model is a table, as in a build from nothing."""
    for model in models:
        warehouse.execute(f"create {_kind(model)} {model['relation_name']} as {model['compiled_code']}")


def _kind(model: Model) -> str:
    return "view" if model["config"]["materialized"] == "view" else "table"


def main() -> None:
    """Either half of the measurement, so that only the second is timed."""
    half, manifest, warehouse = sys.argv[1:]
    with closing(connect(Path(warehouse))) as connection:
        {"take-away": take_away, "run": run}[half](in_order(Path(manifest)), connection)


if __name__ == "__main__":
    main()
