"""What `query`, `status` and `doctor` say of the sample's edX organisation after a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.end_to_end.homes import Home
from tests.servers.gpg_keys import NOT_INSTALLED, installed


@pytest.fixture(scope="module")
def home(first) -> Home:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    return first[0]


def asked(home: Home, sql: str, *options: str) -> Any:
    said = home.command("query", sql, "--format", "json", *options)
    assert said.code == 0, said.everything
    return json.loads(said.out)


def test_the_run_landed_and_balanced_it(first, home):
    counts = first[1].counts("edx")
    assert counts["read"] == counts["landed"] + counts["quarantined"] + counts["filtered"]
    assert counts["landed"] > 10_000


def test_query_reads_marts_staging_and_registers(home):
    table = asked(
        home,
        "select table_schema || '.' || table_name as name from information_schema.tables "
        "where table_name = 'capstone_eligibility'",
    )
    [row] = asked(home, f"select count(*) as learners from {table[0]['name']}")
    assert row["learners"] > 0
    [row] = asked(home, "select count(*) as rows_there from staging_edx.auth_user", "--staging")
    assert row["rows_there"] > 250
    rows = asked(home, "select outcome, count(*) as times from ops.package_members group by all", "--ops")
    assert {row["outcome"] for row in rows} >= {"landed", "superseded", "unknown", "failed_at_source"}


def test_status_says_when_it_was_looked_at(home):
    said = home.command("status")
    assert said.code == 0, said.everything
    assert "edx/unix: looked at " in said.out


def test_the_doctor_finds_store_and_key(home):
    said = home.command("doctor", "edx")
    assert said.code in (0, 3), said.everything
    lines = [" ".join(line.split()) for line in said.everything.splitlines() if "edx/unix" in line]
    assert [line for line in lines if "the newest of 2026-07-26" in line], lines
    assert [line for line in lines if "the secret key can be used" in line], lines
    assert "Traceback" not in said.everything
