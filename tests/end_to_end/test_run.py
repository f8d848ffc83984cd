"""The sample from its sources to published marts, as README has it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from pipelines.contracts import contract_path, load_contract
from tests.end_to_end.homes import MARTS

PLATFORMS = ("bookshelf", "classroom", "moodle", "subscriptions")


def source_counts(home, platform: str) -> dict[str, int]:
    contract = load_contract(contract_path(platform))
    with closing(sqlite3.connect(home.source(platform))) as source:
        return {
            table: source.execute(f'select count(*) from "{table}"').fetchone()[0]
            for table in contract.tables
        }


def answer(home, sql: str) -> list[dict]:
    said = home.command("query", sql, "--format", "json")
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_the_first_run_ends_well_with_a_balanced_table(first):
    home, said = first
    assert said.code == 0, said.everything
    assert said.sentences == []
    for platform in PLATFORMS:
        counts = said.counts(platform)
        assert counts["read"] == counts["landed"] + counts["quarantined"] + counts["filtered"] > 1000
        assert counts["deleted"] == 0
    assert f"Published {published_rows(home):,} rows" in said.out


def published_rows(home) -> int:
    listed = home.marts(
        f"select table_schema, table_name from information_schema.tables where table_schema in {MARTS}"
    )
    return sum(home.marts(f'select count(*) from "{schema}"."{name}"')[0][0] for schema, name in listed)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_table_counts_what_the_source_holds_and_what_is_in_staging(first, platform):
    home, said = first
    expected = source_counts(home, platform)
    ledger = dict(home.rows("select table_name, rows_read from ops.landings where platform = ?", platform))
    assert ledger == expected
    assert said.counts(platform)["read"] == sum(expected.values())
    landed = home.rows("select table_name, rows_landed from ops.landings where platform = ?", platform)
    for table, rows in landed:
        assert home.value(f'select count(*) from staging_{platform}."{table}"') == rows, table
    assert home.unbalanced() == []


def test_refused_rows_are_kept_sealed_and_repairs_are_counted(first):
    home, said = first
    kept = dict(home.rows("select platform, count(*) from ops.quarantine where status = 'open' group by all"))
    assert kept == {
        platform: said.counts(platform)["quarantined"] for platform in (*PLATFORMS, "drops", "edx", "reading")
    }
    repaired = set(home.rows("select table_name, column_name, reason from ops.value_repairs"))
    assert ("subscriptions", "cancelled_at", "zero_date") in repaired
    assert ("invoices", "paid_on", "zero_date") in repaired


def test_every_mart_is_published_and_nothing_else(first):
    home, _ = first
    schemas = {row[0] for row in home.marts("select distinct table_schema from information_schema.tables")}
    assert schemas == {*MARTS, "main"}
    assert home.marts("select count(*) from about") == [(1,)]
    relations = (
        f"select table_schema, table_name from information_schema.tables where table_schema in {MARTS}"
    )
    assert set(home.marts(relations)) == set(home.rows(relations))
    assert not home.marts("select * from information_schema.tables where table_type <> 'BASE TABLE'")
    assert sorted(path.name for path in home.published.parent.iterdir()) == ["marts.duckdb"]


def test_a_second_run_skips_what_did_not_change_and_says_so(first, tmp_path):
    home = first[0].copy(tmp_path / "home")
    before = home.published.stat()
    said = home.command("run")
    assert said.code == 0, said.everything
    assert "Nothing changed since the last published run: build and checks skipped." in said.out
    assert all(said.counts(platform)["landed"] == 0 for platform in PLATFORMS)
    assert (home.published.stat().st_ino, home.published.stat().st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )
    run_id, outcome = home.rows("select run_id, outcome from ops.runs order by started_at desc")[0]
    assert outcome == "unchanged"
    assert home.rows("select step from ops.steps where run_id = ?", run_id) == [("page",)]
    skipped = {
        row[0] for row in home.rows("select relation from ops.skipped_checks where run_id = ?", run_id)
    }
    assert skipped >= {
        f"staging_{platform}.{table}"
        for platform in PLATFORMS
        for table in load_contract(contract_path(platform)).tables
    }
    assert skipped >= set(published_relations(home))


def published_relations(home) -> list[str]:
    rows = home.marts(
        f"select table_schema, table_name from information_schema.tables where table_schema in {MARTS}"
    )
    return [f"{schema}.{name}" for schema, name in rows]


def covered_schools(source: sqlite3.Connection, day: str) -> set[str]:
    """Names of organisations with a paid term that covers the day, straight from the source."""
    rows = source.execute(
        "select distinct o.name from organisations o join subscriptions s on s.organisation_id = o.id "
        "join plans p on p.id = s.plan_id where p.is_trial = 0 and s.starts_on <= :day and s.ends_on >= :day "
        "and (s.cancel_effective_on is null or s.cancel_effective_on > :day)",
        {"day": day},
    )
    return {row[0] for row in rows}


def test_which_schools_lapsed_last_academic_year(first):
    """Compared with the source: covered at a month's end of the year, and not at the last one's."""
    home, _ = first
    found = answer(
        home,
        "select school_name from customer_insight.schools_lapsed where academic_years_ago = 1 order by all",
    )
    month_ends = [date(2024, month, 1) - timedelta(1) for month in range(9, 13)]
    month_ends += [date(2025, month, 1) - timedelta(1) for month in range(1, 9)]
    with closing(sqlite3.connect(home.source("subscriptions"))) as source:
        covered = set().union(*(covered_schools(source, day.isoformat()) for day in month_ends))
        expected = covered - covered_schools(source, "2025-08-31")
    assert [row["school_name"] for row in found] == sorted(expected)
    assert len(expected) > 3


def test_who_is_enrolled_on_which_moodle_course_and_how_far_they_are(first):
    """As many as the source has: learners by role, accounts of one address once."""
    home, _ = first
    found = answer(
        home,
        "select e.person_key, r.title, e.status, e.progress_percent, e.grade_percent, e.is_completed "
        "from course_activity.course_enrolments as e join core.dim_course_runs as r "
        "on r.course_run_key = e.course_run_key where r.platform = 'moodle'",
    )
    with closing(sqlite3.connect(home.source("moodle"))) as source:
        (expected,) = source.execute(
            "select count(distinct coalesce(lower(u.email), u.id) || ' ' || e.courseid) "
            "from mdl_user_enrolments ue join mdl_enrol e on e.id = ue.enrolid "
            "join mdl_user u on u.id = ue.userid and u.deleted = 0 "
            "and u.username not in ('guest', 'admin') and u.username not like 'tool_generator_%' "
            "join mdl_context c on c.contextlevel = 50 and c.instanceid = e.courseid "
            "join mdl_role_assignments a on a.contextid = c.id and a.userid = ue.userid "
            "join mdl_role r on r.id = a.roleid and r.archetype = 'student'"
        ).fetchone()
    assert len(found) == expected > 500
    assert {row["status"] for row in found} >= {"active", "suspended", "ended"}
    assert any(row["is_completed"] for row in found)
    assert all(0 <= row["progress_percent"] <= 100 for row in found if row["progress_percent"] is not None)


def test_a_query_answers_as_csv_and_as_a_table(first):
    sql = "select count(*) as schools from core.dim_schools"
    in_csv = first[0].command("query", sql, "--format", "csv")
    [[name], [number]] = csv.reader(io.StringIO(in_csv.out))
    assert (name, int(number) > 100) == ("schools", True)
    in_table = first[0].command("query", sql)
    assert number in in_table.out and "1 row" in in_table.out


@pytest.mark.long
@pytest.mark.parametrize("platform", ["moodle", "subscriptions"])
def test_one_platform_alone_is_enough(sample, tmp_path, platform):
    """Short runs have it elsewhere: test_bad_sources.py for subscriptions, the real Moodle for Moodle."""
    home = sample.copy(tmp_path / "home")
    home.only(platform)
    said = home.command("run")
    assert said.code == 0, said.everything
    schemas = {row[0] for row in home.marts("select table_schema from information_schema.tables")}
    mart = {"moodle": "course_activity", "subscriptions": "customer_insight"}[platform]
    assert schemas == {"core", mart, "main"}


def test_a_run_that_loses_a_row_on_the_way_fails_and_publishes_nothing(sample, tmp_path):
    home = sample.copy(tmp_path / "home")
    rob = {
        "before": "pipelines.landing.ledger:recount",
        "sql": "delete from staging_subscriptions.plans where id = 3",
    }
    said = home.launch({"lose_row": rob}, "run", "subscriptions")
    assert said.code == 1
    [sentence] = said.sentences
    assert sentence == (
        "subscriptions/main: plans read 30 rows, but landed 29 + quarantined 0 + filtered 0. "
        "Nothing is published from it; run again, and report it if it stays."
    )
    assert not home.published.exists()
    assert home.rows("select table_name from ops.landings where outcome = 'failed'") == [("plans",)]
