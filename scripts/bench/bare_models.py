"""Child process: the models' SQL as dbt compiled it, without dbt.

`python -m scripts.bench.bare_models take-away MANIFEST WAREHOUSE` drops the models that a build left there;
its seeds and snapshots stay, as what the models read. `… run …` makes the models in dependency order,
`… test …` does that and then asks what the data tests ask.
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


def nodes_of(manifest: Path) -> dict[str, Model]:
    """All that dbt compiled, by its unique name."""
    nodes: dict[str, Model] = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    return nodes


def in_order(nodes: dict[str, Model]) -> list[Model]:
    """Every model after those it reads."""
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


def test(tests: list[Model], warehouse: duckdb.DuckDBPyConnection) -> None:
    """The number of rows that each finds, as dbt asks for it; what it is does not matter here."""
    for one in tests:
        warehouse.execute(
            f"select {one['config']['fail_calc']} from ({one['compiled_code']}) as found"
        ).fetchall()


def _kind(model: Model) -> str:
    return "view" if model["config"]["materialized"] == "view" else "table"


def main() -> None:
    """Either half of the measurement, so that only the second is timed."""
    half, manifest, warehouse = sys.argv[1:]
    nodes = nodes_of(Path(manifest))
    with closing(connect(Path(warehouse))) as connection:
        if half == "take-away":
            take_away(in_order(nodes), connection)
        else:
            run(in_order(nodes), connection)
        if half == "test":
            test([node for node in nodes.values() if node["resource_type"] == "test"], connection)


if __name__ == "__main__":
    main()
