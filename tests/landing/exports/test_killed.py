"""Killed (-9) at every step of an export: nothing counts twice, nothing is missing after the next run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.sample_sources.dynamodb_layout import changed
from tests.end_to_end.homes import Home
from tests.landing.exports.reading_app import HOUR, T0, ReadingApp, keys, reading

COMMIT = "pipelines.landing.load:Package.commit"
KILLS: dict[str, dict[str, Any]] = {
    "within an export": {"function": "pipelines.landing.exports.stage:ItemStage.stage", "call": 2},
    "before the commit": {"function": COMMIT, "call": 1},
    "between two tables": {
        "function": "dlt.destinations.impl.duckdb.sql_client:DuckDbSqlClient.execute_query", "call": 10,
    },
    "after the commit": {"function": COMMIT, "call": 1, "after": True},
    "before it is noted": {"function": "pipelines.landing.register:Register.note_package", "call": 1},
    "in the load of the changes": {"function": COMMIT, "call": 2, "after": True},
}  # fmt: skip
ITEMS = 40


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    app = ReadingApp(tmp_path)
    app.progress.export_full(T0, [reading(f"b{number}") for number in range(ITEMS)])
    app.progress.export_changes(
        T0, T0 + HOUR,
        [changed(T0, keys("b0"), reading("b0", 99)), changed(T0, keys("b1"), None)],
    )  # fmt: skip
    app.quizzes.export_full(T0, [])
    yield Home(tmp_path, {
        "WAREHOUSE_HOME": str(tmp_path), "WAREHOUSE_SOURCES__READING__MAIN__URL": app.store.as_uri(),
        "WAREHOUSE_PSEUDONYM_KEY": "ab" * 32, "WAREHOUSE_SEALING_KEY": "cd" * 32,
    })  # fmt: skip


def test_killed_at_every_step_the_next_run_lands_all_once(home, long_counts):
    for name in KILLS if long_counts else ("between two tables", "after the commit", "before it is noted"):
        assert home.launch({"kill": KILLS[name]}, "land", "reading").code == -9, name
    said = home.command("land", "reading")
    assert (said.code, said.sentences) == (0, []), said.everything
    counts = "select _change, count(*), count(distinct reading_id) from staging_reading.reading_progress"
    assert home.rows(f"{counts} group by all order by all") == [
        ("delete", 1, 1), ("item", ITEMS, ITEMS), ("put", 1, 1)
    ]  # fmt: skip
    assert home.rows("select count(*), count(distinct export_id) from staging_reading.exports") == [(3, 3)]
    assert home.unbalanced() == []
    assert home.rows("select count(*) from ops.landings where outcome = 'open'") == [(0,)]
