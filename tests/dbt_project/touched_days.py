"""Incremental models without a dbt process a load: the SQL that dbt compiled, whole and for the touched days."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import duckdb

from pipelines.warehouse import Warehouse
from tests.dbt_project.landing_stand_in import dbt

_DAYS = re.compile(r"in \((select touched\.partition_date from \(.*\) as touched)\)", re.DOTALL)


@dataclass
class TouchedDays:
    """The warehouse, and the SQL of each model by relation; `day` is the column whose days are replaced."""

    connection: duckdb.DuckDBPyConnection
    warehouse: Warehouse
    whole: dict[str, str]
    touching: dict[str, str]
    day: ClassVar[str] = "event_date"

    def rebuild_touched(self) -> None:
        """What dbt's strategy does after a load: touched days are deleted, built anew and remembered."""
        for relation, sql in self.touching.items():
            days, platform = _DAYS.search(sql), re.search(r"f\.platform = '(\w+)'", sql)
            assert days
            assert platform
            self.connection.execute(f"create or replace temp table _new as {sql}")
            self.connection.execute(f"delete from {relation} where {self.day} in ({days[1]})")
            self.connection.execute(f"insert into {relation} by name select * from _new")
            self.connection.execute(
                f"create or replace table {built(relation)} as select partition_date, row_count, hash_sum "
                f"from ops.partition_fingerprints where platform = '{platform[1]}'"
            )

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


def built(relation: str) -> str:
    """The table beside a model that remembers its days."""
    return relation.rstrip('"') + '__built"'


def compiled_sql(home: Path, settings: Mapping[str, str], *command: str) -> dict[str, tuple[str, str]]:
    """Model → relation and SQL, as this command of dbt compiled it."""
    report = dbt(home, *command, **settings)
    assert report.returncode == 0, report.stdout[-4000:]
    nodes = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["name"]: (node["relation_name"], node["compiled_code"])
        for node in nodes
        if node.get("compiled_code")
    }
