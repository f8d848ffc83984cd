"""Which school it is, the market and the history of schools, worked out by hand: `school_scenarios/README.md`.

Three runs of dbt in one warehouse: the whole way on the first day; a full build after changes and deletions; a later
build after more of them.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import dbt, insert_rows, read_csv, sow, stand_in_warehouse
from tests.dbt_project.worked_out import as_text, assert_same, assert_sound, expected

HERE = Path(__file__).parent / "school_scenarios"
FIRST, SECOND, THIRD = "2024-03-10 00:00:00", "2024-03-11 06:00:00", "2024-03-12 06:00:00"
CHANGED = ("int_calendar__run_clock", "organisation_versions", "school_history")
FOUND = {
    "schools": "core.dim_schools",
    "matches": "customer_insight.school_matches",
    "market": "customer_insight.market_penetration",
    "history": "core.school_history",
    "versions": "history.organisation_versions",
    "engagement": "customer_insight.fct_school_engagement",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """dbt's three reports, and the relations after the first run and after the last."""
    home = tmp_path_factory.mktemp("schools")
    stand_in_warehouse(home, {
        "subscriptions": {name: rows(name) for name in ("products", "plans", "subscriptions")},
        "classroom": {name: rows(name) for name in ("users", "classes", "logins")},
        "drops": {"school_register": rows("register")},
    })  # fmt: skip
    sow(home, {})
    no = ("--exclude-resource-type", "seed", "unit_test", "--indirect-selection", "buildable")
    everything = ("+path:models/marts/customer_insight/market", "+school_history", "+fct_school_engagement")
    reports = [build(home, 1, FIRST, *no, "--select", *everything)]
    first = relations(home)
    reports.append(build(home, 2, SECOND, *no, "--full-refresh", "--select", *CHANGED))
    reports.append(build(home, 3, THIRD, *no, "--select", *CHANGED))
    return SimpleNamespace(home=home, reports=reports, first=first, last=relations(home))


def build(home: Path, run: int, as_of: str, *arguments: str) -> CompletedProcess[str]:
    """Replaces the organisations by those of the run, then builds."""
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        connection.execute("DELETE FROM staging_subscriptions.organisations")
        told = [row for row in rows("history") if row.pop("run") == str(run)]
        insert_rows(connection, "subscriptions", "organisations", [*rows("organisations"), *told])
    return dbt(
        home, "build", *arguments, WAREHOUSE_PLATFORMS="subscriptions,classroom,drops", WAREHOUSE_AS_OF=as_of
    )


def rows(name: str) -> list[dict[str, str]]:
    return read_csv(HERE / f"{name}.csv")


def relations(home: Path) -> dict[str, list[dict[str, str]]]:
    """Each relation as rows of texts, the way the CSV files have them."""
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        found = {}
        for name, relation in FOUND.items():
            cursor = connection.execute(f"SELECT * FROM {relation}")
            columns = [column[0] for column in cursor.description]
            found[name] = [dict(zip(columns, map(as_text, row), strict=True)) for row in cursor.fetchall()]
        return found


def same(found: list[dict[str, str]], name: str) -> None:
    """The columns of the expected file, row by row, nothing more and nothing less."""
    path = HERE / f"expected_{name}.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert_same(Counter(tuple(row[column] for column in header) for row in found), expected([path]))


def test_every_run_passes_every_data_test(runs):
    for report in runs.reports:
        assert_sound(report)


@pytest.mark.parametrize("name", ["schools", "matches", "market"])
def test_rows_are_those_worked_out_by_hand(runs, name):
    same(runs.first[name], name)


def test_nothing_that_somebody_typed_is_shown(runs):
    assert "typed" not in json.dumps(runs.first["matches"])


def test_use_at_a_school_that_only_the_register_has_is_in_no_row(runs):
    used = {row["school_key"] for row in runs.first["engagement"] if row["activity_count"] not in ("", "0")}
    assert used == {"urn:100101"}


def test_a_change_adds_a_version_and_a_deletion_closes_one_whatever_is_built_anew(runs):
    told = {row["id"] for row in rows("history")}
    same([row for row in runs.last["history"] if row["organisation_id"] in told], "history")


def test_organisations_that_did_not_change_have_one_version_after_three_runs(runs):
    same_all_along = {row["id"] for row in rows("organisations")} | {"21"}
    versions = Counter(row["organisation_id"] for row in runs.last["history"])
    assert {versions[organisation] for organisation in same_all_along} == {1}


def test_rows_of_the_first_run_outlive_the_full_build(runs):
    """Not rebuilt alike, but kept: nothing else knows the old names any more."""
    first = {row["dbt_scd_id"]: (row["name"], row["dbt_valid_from"]) for row in runs.first["versions"]}
    last = {row["dbt_scd_id"]: (row["name"], row["dbt_valid_from"]) for row in runs.last["versions"]}
    assert first.items() <= last.items()
    assert ("Old name", "2022-01-01 00:00:00") in last.values()


def test_a_run_that_lands_organisations_selects_their_versions(runs):
    """The runner selects `source:subscriptions.organisations+`: what depends on it, versions first, then the history."""
    manifest = json.loads((runs.home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    children = manifest["child_map"]
    after, found = ["source.warehouse.subscriptions.organisations"], set()
    while after:
        node = after.pop()
        found.add(node)
        after += [child for child in children.get(node, []) if child not in found]
    assert {"snapshot.warehouse.organisation_versions", "model.warehouse.school_history"} <= found
    history = manifest["nodes"]["model.warehouse.school_history"]["depends_on"]["nodes"]
    assert "snapshot.warehouse.organisation_versions" in history
