"""From sources to published marts on SQL Server, row by row as on DuckDB; killed; two at once."""

from __future__ import annotations

import signal

import pytest

from pipelines.runner.lock import run_lock
from tests.end_to_end.homes import MARTS
from tests.sqlserver.conftest import PLATFORMS
from tests.sqlserver.parity import differences, on_duckdb, on_server
from tests.sqlserver.server import settings_of

STAGING = tuple(f"staging_{platform}" for platform in PLATFORMS)


def test_the_run_ends_as_on_duckdb(oracle, run):
    _, said = run
    assert said.code == oracle[1].code, said.everything
    assert said.sentences == []
    for platform in PLATFORMS:
        assert said.counts(platform) == oracle[1].counts(platform)


def test_what_landed_is_row_by_row_that_of_duckdb(server, oracle, run):
    expected = on_duckdb(oracle[0].folder / "warehouse.duckdb", *STAGING)
    assert sum(len(rows) for rows in expected.values()) > 5000
    assert differences(expected, on_server(server, *STAGING)) == {}


def test_every_mart_is_row_by_row_that_of_duckdb(server, oracle, run):
    expected = on_duckdb(oracle[0].published, *MARTS)
    assert sum(len(rows) > 1 for rows in expected.values()) > 5
    found = on_server(server, *MARTS)
    assert found.pop("core.about")  # when it was published; DuckDB's file has it in a schema of its own
    assert differences(expected, found) == {}


def test_nothing_is_left_of_building(server, run):
    assert server.tables("next_core", "next_customer_insight", "next_course_activity") == {}
    assert [name for name in server.tables("ops") if "scratch" in name] == []


def test_the_ledger_is_balanced(server, run):
    wrong = server.ask(
        "select platform, table_name from ops.landings where outcome = 'closed'"
        " and rows_read <> rows_landed + rows_quarantined + rows_filtered"
    )
    assert wrong == []
    assert server.ask("select count(*) from ops.landings")[0][0] > 0


def test_questions_are_answered_from_the_published_marts(run):
    said = run[0].command("query", "select count(*) as n from core.dim_dates")
    assert said.code == 0, said.everything


def test_a_second_run_changes_nothing(server, oracle, run):
    said = run[0].command("land")
    assert said.code == 0, said.everything
    assert {said.counts(platform)["landed"] for platform in PLATFORMS} == {0}
    expected = on_duckdb(oracle[0].folder / "warehouse.duckdb", *STAGING)
    assert differences(expected, on_server(server, *STAGING)) == {}


def test_a_second_runner_is_refused_with_a_sentence(server, run, tmp_path):
    home, _ = run
    with run_lock(settings_of(server, tmp_path / "elsewhere")):
        said = home.command("land")
    assert said.code == 1
    [sentence] = said.sentences
    assert sentence.startswith("Another run holds database")


@pytest.mark.parametrize(
    "function",
    [
        "pipelines.landing.load:Package.commit",
        # one is enough for the stand-in's sake
        pytest.param("pipelines.landing.ledger:recount", marks=pytest.mark.live_sqlserver),
        pytest.param("pipelines.landing.ledger:close_landing", marks=pytest.mark.live_sqlserver),
    ],
)
def test_killed_while_it_lands_and_run_again(server, oracle, run, tmp_path, function):
    server.empty()
    home = oracle[0].copy(tmp_path / "home", only_sources=True)
    home.settings |= server.settings()
    plan = {"kill": {"function": function, "call": 1, "after": True}}
    assert home.launch(plan, "land").code == -signal.SIGKILL
    assert home.command("land").code == 0
    expected = on_duckdb(oracle[0].folder / "warehouse.duckdb", *STAGING)
    assert differences(expected, on_server(server, *STAGING)) == {}
