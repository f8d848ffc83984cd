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
    """The compiled SQL of the stored models `names`, in an order that serves; views between them follow by themselves."""

    def __init__(self, home: Path, names: tuple[str, ...]) -> None:
        self.connection = duckdb.connect(home / "warehouse.duckdb")
        manifest = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
        nodes = {node["name"]: node for node in manifest["nodes"].values()}
        self._sql = {nodes[name]["relation_name"]: nodes[name]["compiled_code"] for name in names}

    def build(self, platform: str, tables: Mapping[str, Rows]) -> None:
        """These tables of the platform's staging hold these rows and nothing else; then all models are built."""
        for table, rows in tables.items():
            self.connection.execute(f"delete from staging_{platform}.{table}")
            insert_rows(self.connection, platform, table, rows)
        for relation, sql in self._sql.items():
            self.connection.execute(f"create or replace table {relation} as {sql}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


@contextmanager
def compiled(
    home: Path,
    platforms: Mapping[str, Mapping[str, Rows]],
    names: tuple[str, ...],
    *views: str,
    **settings: str,
) -> Iterator[CompiledModels]:
    """A warehouse with these staging rows, the stored models and what they and `views` need, built once."""
    stand_in_warehouse(home, platforms)
    kinds = ["--resource-type", "model", "--resource-type", "seed"]
    select = ["--select", *(f"+{name}" for name in (*names, *views))]
    report = dbt(home, "build", *kinds, *select, **settings)
    assert report.returncode == 0, report.stdout[-4000:]
    models = CompiledModels(home, names)
    with closing(models.connection):
        yield models
