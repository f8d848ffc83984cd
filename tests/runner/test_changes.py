"""What is built and checked again: only what changed since the last published run."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta

import pytest

from pipelines.runner import changes as looking
from pipelines.runner.changes import Changes, code_hash, find_changes
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops
from tests.runner.stood_in import settings_on
from tests.servers.tsql import TsqlServer

AS_OF = datetime(2026, 7, 31, 6)
ENDED = datetime(2026, 8, 1, 7)
BOTH = ["moodle", "subscriptions"]


@pytest.fixture(params=["duckdb", "sqlserver"])
def settings(request, tmp_path):
    if request.param == "duckdb":
        yield Settings(home=tmp_path, as_of=AS_OF)
        return
    with closing(TsqlServer()) as server:
        yield settings_on(server, tmp_path, as_of=AS_OF)


@pytest.fixture
def warehouse(settings):
    """After one published run, in which everything landed."""
    with open_warehouse(settings) as opened:
        if opened.engine == "duckdb":
            settings.published_file.parent.mkdir(parents=True)
            settings.published_file.touch()
        else:
            opened.execute("create schema core")
            opened.execute("create table core.about (run_id nvarchar(40))")
        create_ops(opened)
        run(opened, settings, ENDED)
        landing(opened, "load-1", "plans", ENDED - timedelta(minutes=5))
        yield opened


def run(warehouse, settings, ended: datetime, **other: object) -> None:
    record = {
        "run_id": f"run-{ended:%H%M}", "started_at": ended - timedelta(minutes=9), "finished_at": ended,
        "as_of": settings.clock, "outcome": "published", "exit_code": 0,
        "code_hash": code_hash(settings, BOTH),
    }  # fmt: skip
    warehouse.insert("ops.runs", [{**record, **other}])


def landing(warehouse, load_id: str, table: str, landed_at: datetime | None, **other: object) -> None:
    record = {
        "run_id": "run", "load_id": load_id, "platform": "subscriptions", "instance": "main",
        "table_name": table, "mode": "window", "rows_read": 3, "rows_to_land": 3, "rows_landed": 3,
        "rows_quarantined": 0, "rows_filtered": 0, "rows_deleted": 0, "looked_at": ENDED,
        "landed_at": landed_at, "outcome": "closed", "swept": False,
    }  # fmt: skip
    warehouse.insert("ops.landings", [{**record, **other}])


def stored_above(above: str) -> list[str]:
    """Whatever holds rows, and each test; not the views."""
    kinds = (
        "config.materialized:table", "config.materialized:incremental", "resource_type:seed",
        "resource_type:snapshot", "resource_type:test",
    )  # fmt: skip
    return [f"{above},{kind}" for kind in kinds]


def test_nothing_changed(settings, warehouse):
    found = find_changes(settings, warehouse, BOTH)
    assert found.nothing
    assert (found.tables, found.loads, found.selectors) == ([], (), [])


def test_one_changed_table_builds_what_hangs_on_it(settings, warehouse):
    landing(warehouse, "load-2", "leads", ENDED + timedelta(hours=1))
    landing(warehouse, "load-2", "trials", ENDED + timedelta(hours=1), rows_landed=0)
    found = find_changes(settings, warehouse, BOTH)
    assert found == Changes([("subscriptions", "leads")], clock=False, everything=False, loads=("load-2",))
    assert found.selectors == stored_above("source:subscriptions.leads+")


def test_deletes_alone_are_a_change(settings, warehouse):
    landing(warehouse, "load-2", "leads", ENDED + timedelta(hours=1), rows_landed=0, rows_deleted=2)
    assert find_changes(settings, warehouse, BOTH).tables == [("subscriptions", "leads")]


@pytest.mark.parametrize("outcome", ["failed", "abandoned"])
def test_rows_of_a_load_that_went_wrong_may_have_reached_staging(settings, warehouse, outcome):
    """The next load finds them unchanged, so nobody else would tell."""
    landing(warehouse, "load-2", "leads", ENDED + timedelta(hours=1), outcome=outcome)
    assert find_changes(settings, warehouse, BOTH).tables == [("subscriptions", "leads")]


def test_what_a_run_that_was_not_published_brought_stays_changed(settings, warehouse):
    landing(warehouse, "load-2", "leads", ENDED + timedelta(hours=1))
    run(warehouse, settings, ENDED + timedelta(hours=2), outcome="failed", exit_code=1)
    run(warehouse, settings, ENDED + timedelta(hours=3), outcome="unchanged")
    found = find_changes(settings, warehouse, BOTH)
    assert (found.tables, found.loads) == ([("subscriptions", "leads")], ("load-2",))


def test_an_open_row_is_not_settled_yet(settings, warehouse):
    landing(warehouse, "load-2", "leads", None, outcome="open")
    assert find_changes(settings, warehouse, BOTH).nothing


def at(settings, clock: datetime) -> Settings:
    return Settings.model_validate({**settings.model_dump(), "as_of": clock})


def test_another_day_builds_what_reads_the_clock(settings, warehouse):
    later = at(settings, AS_OF + timedelta(hours=17))
    assert find_changes(later, warehouse, BOTH).nothing, "the same day"
    tomorrow = at(settings, AS_OF + timedelta(hours=18))
    found = find_changes(tomorrow, warehouse, BOTH)
    assert found.selectors == stored_above("int_calendar__run_clock+")
    assert not found.nothing


@pytest.mark.parametrize("other", ["code", "platforms", "what is published", "first run"])
def test_everything_is_built(settings, warehouse, monkeypatch, tmp_path, other):
    platforms = BOTH
    if other == "code":
        warehouse.execute("update ops.runs set code_hash = 'of yesterday'")
    if other == "platforms":
        platforms = ["moodle"]
    if other == "what is published" and warehouse.engine == "duckdb":
        settings.published_file.unlink()
    elif other == "what is published":
        warehouse.execute("drop table core.about")
    if other == "first run":
        warehouse.execute("delete from ops.runs")
    found = find_changes(settings, warehouse, platforms)
    assert found.everything
    assert found.selectors is None
    assert not found.nothing


@pytest.mark.parametrize(
    "file",
    ["dbt_project/models/m.sql", "dbt_project/seeds/s.csv", "dbt_project/macros/x.yml", "expectations/y.yml"],
)
def test_any_file_of_models_or_suites_is_code(settings, tmp_path, monkeypatch, file):
    monkeypatch.setattr(looking, "PROJECT_ROOT", tmp_path)
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text("one")
    before = code_hash(settings, BOTH)
    assert code_hash(settings, BOTH) == before
    path.write_text("two")
    assert code_hash(settings, BOTH) != before
    (tmp_path / "dbt_project" / "target").mkdir(parents=True)
    after = code_hash(settings, BOTH)
    (tmp_path / "dbt_project" / "target" / "compiled.sql").write_text("made by dbt")
    assert code_hash(settings, BOTH) == after
