"""dbt builds by what changed: after later loads, marts and memories are those of a full refresh.

`test_random_activity` has many histories and a stand-in for the strategy; here dbt runs it, on one of them.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.dbt_project import test_random_activity as acts
from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse
from tests.dbt_project.touched_days import keys_table

SEED = 3
STORED = acts.ABOVE
SELECT = ("--resource-type", "model", "--resource-type", "seed", "--select", *(f"+{name}" for name in STORED))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    stand_in_warehouse(tmp_path, acts.people())
    return tmp_path


def land(home: Path, there: acts.Landed, who: acts.People) -> None:
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        activity = acts.Activity(connection, DuckDbWarehouse(connection, home / "warehouse.duckdb"), {}, {})
        activity.land(there)
        acts.meet(activity, who)


def build(home: Path, as_of: str, *how: str) -> dict[str, Counter]:
    """Every stored model and memory → its rows, after dbt built as of that day."""
    report = dbt(home, "build", *SELECT, *how, **acts.SETTINGS | {"WAREHOUSE_AS_OF": as_of})
    assert report.returncode == 0, report.stdout[-4000:]
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        relations = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' and table_schema in ('intermediate', 'course_activity')"
        ).fetchall()
        found = {
            name: Counter(connection.execute(f"select * from {name}").fetchall()) for (name,) in relations
        }
    assert keys_table("built", "x.fct_sessions", 0).replace('"', "") in found
    return found


def test_later_loads_other_people_and_another_day_give_what_a_full_refresh_gives(home):
    rng = Random(SEED)
    *_, first, last = acts.landings(rng, acts.history(rng))
    land(home, first, acts.others(rng))
    before = build(home, "2026-01-02 06:00:00")
    land(home, last, acts.people())
    later = build(home, "2026-07-31 06:00:00")
    anew = build(home, "2026-07-31 06:00:00", "--full-refresh")
    differing = [name for name in anew if later[name] != anew[name]]
    assert differing == []
    changed = {f"course_activity.{name}" for name in STORED if name.startswith("fct_")}
    assert changed <= {name for name in anew if before[name] != anew[name]}, "nothing changed in a mart"
