"""A run whose source is paused says so, flags it at the end, and leaves what each source was asked for."""

from __future__ import annotations

import json

import pytest

from pipelines.runner.journal import run_log
from pipelines.runner.progress import Progress, load_table, print_table
from pipelines.runner.run import Run
from pipelines.runner.status import status
from pipelines.sources.replica import SourceLoad
from tests.landing.shop import Shop

ALWAYS = "00:00-24:00@Europe/London"


@pytest.fixture
def two_sites(five) -> Shop:
    """`main` with five things, `north` with one."""
    five.sqlite("north", key=" primary key")
    five.put(1, "north")
    return five


def ran(shop: Shop) -> Run:
    run = Run(shop.settings, Progress())
    with run.recorded():
        run.land(["shop"])
    return run


def test_a_paused_instance_is_flagged_and_the_other_lands(two_sites, capsys):
    two_sites.sources["main"] |= {"pause_window": ALWAYS}
    run = ran(two_sites)
    assert (run.report.outcome, run.report.exit_code) == ("done", 3)
    [problem] = run.report.problems
    assert problem.startswith("shop/main is in its pause window and left alone until ")
    assert problem in capsys.readouterr().err.replace("\n", " ")
    assert {row[0] for row in two_sites.staging()} == {"north"}


def test_what_each_source_was_asked_for_is_told_in_four_places(two_sites, capsys):
    run = ran(two_sites)
    two_sites.close()
    [platform] = run.report.platforms
    print_table(load_table(platform.loads))
    shown = [line for line in capsys.readouterr().out.splitlines() if "shop/" in line]
    assert [[cell.strip() for cell in line.split("│")[1:4]] for line in shown] == [
        ["shop/main", "1", "5"], ["shop/north", "1", "1"]
    ]  # fmt: skip
    lines = [json.loads(line) for line in run_log(two_sites.settings).read_text().splitlines()]
    asked = [line for line in lines if line["event"] == "asked"]
    assert [(line["instance"], line["statements"], line["rows"]) for line in asked] == [
        ("main", 1, 5), ("north", 1, 1)
    ]  # fmt: skip
    told = status(two_sites.settings)["sources"]
    assert [(row["instance"], row["statements"], row["rows_read"]) for row in told] == [
        ("main", 1, 5), ("north", 1, 1)
    ]  # fmt: skip
    assert two_sites.rows("select count(*), count(distinct run_id) from ops.source_load") == [(2, 1)]


def test_status_tells_the_last_load_of_each_source(two_sites):
    ran(two_sites)
    two_sites.put(6)
    two_sites.put(7)
    run = ran(two_sites)
    two_sites.close()
    told = status(two_sites.settings)
    assert told["last_run"]["run_id"] == run.report.run_id
    assert [row["rows_read"] for row in told["sources"]] == [7, 1]


def test_a_home_from_before_loads_were_kept_has_a_status(two_sites):
    ran(two_sites)
    two_sites.warehouse.execute("drop table ops.source_load")
    two_sites.close()
    assert status(two_sites.settings)["sources"] == []


def test_a_wide_load_stays_within_a_log_line(capsys):
    load = SourceLoad(
        "subscriptions", "north_america_2", statements=12_345, rows=98_765_432, bytes=12_345_678_901
    )
    load.seconds_worked = load.longest_statement = 12_345.6
    load.waited["lag"], load.rested, load.connections_opened = 900, 86_400, 12_346
    load.saw_lag(3.2)
    load.saw_lag(1_204)
    print_table(load_table([load]))
    out = capsys.readouterr().out
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 120
    assert "3 to 1,204" in out
    assert "98,765,432" in out


def test_each_cause_of_waiting_is_one_line_where_lines_are_kept(capsys):
    progress = Progress()
    for seconds, lag in ((1, 700), (2, 1_100), (4, 650)):
        progress.waiting(f"waiting {seconds} s: shop/main: the replica is {lag:,} s behind")
    progress.waiting("waiting 60 s: shop/north is in its pause window")
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "… waiting 1 s: shop/main: the replica is 700 s behind",
        "… waiting 60 s: shop/north is in its pause window",
    ]
