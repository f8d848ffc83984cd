"""Models without a dbt process a case: dbt builds them once, empty; then the SQL it compiled is run on other rows.

Each case takes milliseconds, so that random cases by the hundred are affordable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt_project.landing_stand_in import dbt, insert_rows, stand_in_warehouse

Rows = Iterable[Mapping[str, str]]


class CompiledModels:
    """The compiled SQL of stored models: `names`, and the marts among `marts` and what they read.

    They are built in the order in which they read each other; views between them follow by themselves.
    """

    def __init__(self, home: Path, names: tuple[str, ...], marts: tuple[str, ...] = ()) -> None:
        self.connection = duckdb.connect(home / "warehouse.duckdb")
        manifest = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
        built = [
            node
            for node in in_order(manifest["nodes"], (*names, *marts))
            if node["name"] in names or (node["path"].startswith("marts/") and marts)
        ]
        self._sql = {node["relation_name"]: node["compiled_code"] for node in built}

    def build(self, platform: str, tables: Mapping[str, Rows]) -> None:
        """These tables of the platform's staging hold these rows and nothing else; then all models are built."""
        for table, rows in tables.items():
            self.connection.execute(f"delete from staging_{platform}.{table}")
            insert_rows(self.connection, platform, table, rows)
        for relation, sql in self._sql.items():
            self.connection.execute(f"create or replace table {relation} as {sql}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


def in_order(nodes: dict[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """The models of these names and all they read, each after what it reads."""
    keys = {node["name"]: key for key, node in nodes.items() if node["resource_type"] == "model"}
    done: dict[str, dict[str, Any]] = {}

    def visit(key: str) -> None:
        if key in keys.values() and key not in done:
            for above in nodes[key]["depends_on"]["nodes"]:
                visit(above)
            done[key] = nodes[key]

    for name in names:
        visit(keys[name])
    return list(done.values())


@contextmanager
def compiled(
    home: Path,
    platforms: Mapping[str, Mapping[str, Rows]],
    names: tuple[str, ...],
    *marts: str,
    **settings: str,
) -> Iterator[CompiledModels]:
    """A warehouse with these staging rows, the stored models and what they and `marts` need, built once."""
    stand_in_warehouse(home, platforms)
    kinds = ["--resource-type", "model", "--resource-type", "seed"]
    select = ["--select", *(f"+{name}" for name in (*names, *marts))]
    report = dbt(home, "build", *kinds, *select, **settings)
    assert report.returncode == 0, report.stdout[-4000:]
    models = CompiledModels(home, names, marts)
    with closing(models.connection):
        yield models
