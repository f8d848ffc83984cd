"""Incremental models without a dbt process a load: the SQL that dbt compiled, whole and for what changed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import duckdb

from pipelines.warehouse import Warehouse
from tests.dbt_project.compiled_models import in_order
from tests.dbt_project.landing_stand_in import dbt, insert_rows

# {"of": model, "by": columns, "as": their names in the model that says so}
Change: TypeAlias = dict[str, Any]
_DAYS = re.compile(r"(select touched\.partition_date\s+from \(.*\) as touched)", re.DOTALL)


@dataclass
class TouchedDays:
    """The warehouse, and the SQL of each stored model by relation, in the order of building.

    `day` is the column whose touched days are replaced; `changes` has what the config of each model of
    `replace_changed` says.
    """

    connection: duckdb.DuckDBPyConnection
    warehouse: Warehouse
    whole: dict[str, str]
    touching: dict[str, str]
    changes: dict[str, list[Change]] = field(default_factory=dict)
    day: ClassVar[str] = "event_date"

    def rebuild_touched(self) -> None:
        """What dbt does after a load: of incremental models what changed is built anew and remembered."""
        for relation, sql in self.whole.items():
            if relation not in self.touching:
                self.connection.execute(f"create or replace table {relation} as {sql}")
                continue
            for number, change in enumerate(self.changes.get(relation, ())):
                self._count(keys_table("now", relation, number), change)
            self.connection.execute(f"create or replace temp table _new as {self.touching[relation]}")
            if relation in self.changes:
                self._forget_changed(relation)
            else:
                self._forget_days(relation, self.touching[relation])
            self.connection.execute(f"insert into {relation} by name select * from _new")

    def forget_all(self) -> None:
        """Empties incremental models and their memories."""
        for relation in self.touching:
            memories = [built(relation)]
            if relation in self.changes:
                memories = [
                    keys_table("built", relation, number) for number in range(len(self.changes[relation]))
                ]
            for table in (relation, *memories):
                self.connection.execute(f"delete from {table}")

    def compare_with_anew(self, case: str) -> None:
        """Every incremental model is what a full refresh gives."""
        for relation in self.touching:
            rebuilt, anew = (
                Counter(self.rows(sql)) for sql in (f"select * from {relation}", self.whole[relation])
            )
            assert rebuilt == anew, f"{case}: {relation} is not what a full refresh gives"

    def meet(self, platform: str, tables: Mapping[str, Iterable[Mapping[str, str]]]) -> None:
        """These tables of the platform's staging hold these rows and no others, which touches no day."""
        for table, rows in tables.items():
            self.connection.execute(f"delete from staging_{platform}.{table}")
            insert_rows(self.connection, platform, table, rows)

    def set_clock(self, as_of: str) -> None:
        self.connection.execute("update intermediate.int_calendar__run_clock set as_of_date = ?", [as_of])

    def _forget_days(self, relation: str, sql: str) -> None:
        days, platform = _DAYS.search(sql), re.search(r"f\.platform = '(\w+)'", sql)
        assert days
        assert platform
        self.connection.execute(f"delete from {relation} where {self.day} in ({days[1]})")
        self.connection.execute(
            f"create or replace table {built(relation)} as select partition_date, row_count, hash_sum "
            f"from ops.partition_fingerprints where platform = '{platform[1]}'"
        )

    def _count(self, table: str, change: Change) -> None:
        keys = ", ".join(change["by"])
        self.connection.execute(
            f"create or replace table {table} as select {keys}, count(*) as row_count, "
            "sum(cast(row_hash as decimal(38, 0))) as hash_sum "
            f"from intermediate.{change['of']} group by {keys}"
        )

    def _forget_changed(self, relation: str) -> None:
        for number, change in enumerate(self.changes[relation]):
            now, there = (keys_table(which, relation, number) for which in ("now", "built"))
            # a row that is in one of the two and not in the other is of a key that changed
            differing = f"(from {now} except from {there}) union all (from {there} except from {now})"
            keys, names = ", ".join(change["by"]), ", ".join(change.get("as") or change["by"])
            self.connection.execute(
                f"delete from {relation} where ({names}) in (select ({keys}) from ({differing}) as q)"
            )
            self.connection.execute(f"create or replace table {there} as from {now}")

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


def built(relation: str) -> str:
    """The table beside a model that remembers its days."""
    return relation.rstrip('"') + '__built"'


def keys_table(which: str, relation: str, number: int) -> str:
    """A table of a `replace_changed` model: keys as they are `now`, or were when it was `built`."""
    name = relation.rsplit(".", maxsplit=1)[-1].strip('"')
    return f'intermediate."{name}__{which}_{number + 1}"'


def stored_above(home: Path, names: Iterable[str]) -> list[str]:
    """These models and the tables that they read, through views too, in the order of building; not the clock, which
    the tests set."""
    nodes = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    wanted = tuple(names)
    return [
        node["name"] for node in in_order(nodes, wanted)
        if node["name"] in wanted or node["config"]["materialized"] in {"table", "incremental"}
        if node["name"] != "int_calendar__run_clock"
    ]  # fmt: skip


def changes_of(home: Path) -> dict[str, list[Change]]:
    """Relation → its changes, of every model that says some."""
    nodes = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    return {node["relation_name"]: node["config"]["changes"] for node in nodes if "changes" in node["config"]}


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
