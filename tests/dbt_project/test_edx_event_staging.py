"""Staging models of edX's tracking logs: each line in the view of its family, each act under one name."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.contracts import contract_path, load_contract
from tests.dbt_project.landing_stand_in import PROJECT_ROOT, dbt, stand_in_warehouse

MODELS = PROJECT_ROOT / "dbt_project" / "models" / "staging" / "edx"
ACTS = PROJECT_ROOT / "dbt_project" / "macros" / "edx" / "edx_act.sql"
CONFIG = yaml.safe_load((PROJECT_ROOT / "pipelines" / "sources" / "edx.yml").read_text(encoding="utf-8"))
FAMILIES = CONFIG["tables"]["tracking_events"]["families"]
VIEWS = {
    "request": "requests", "enrollment": "enrolment_events", "video": "video_events",
    "navigation": "navigation_events", "problem": "problem_events", "grades": "grade_events",
    "forum": "forum_events", "bookmark": "bookmark_events", "certificate": "certificate_events",
    "cohort": "cohort_events", "ora": "ora_events", "search": "search_events",
    "completion": "completion_events", "experiment": "experiment_events",
}  # fmt: skip
# Acts whose fields nobody asks for: in stg_edx__events with all others, and in no view.
WITHOUT_VIEW = {"library", "exam", "team", "textbook", "notes", "exercise", "profile", "marketing", "staff"}
KEY = "instance, file_key, line_hash"
RUN = "course-v1:UniX+Demo1x+1T2018"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file after the views were built and their data tests and unit tests passed."""
    home = tmp_path_factory.mktemp("events")
    stand_in_warehouse(home, {"edx": {"tracking_events": told()}})
    report = dbt(
        home, "build", "--select", "source:edx.tracking_events+,path:models/staging/edx",
        "--indirect-selection", "cautious",
        WAREHOUSE_PLATFORMS="edx", WAREHOUSE_AS_OF="2024-03-31 06:00:00",
    )  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    unit_tests = yaml.safe_load((MODELS / "_edx__unit_tests.yml").read_text(encoding="utf-8"))["unit_tests"]
    assert all(test["name"] in report.stdout for test in unit_tests)
    return home / "warehouse.duckdb"


def told() -> list[dict[str, str]]:
    """A line of each family, by nobody and with nothing but the family, and one act that is in two files."""
    day = {"time": "2018-03-01 10:00:00", "event_date": "2018-03-01", "payload": "read"}
    families = ["request", "other", *FAMILIES]
    lines = [{"line_hash": str(number), "family": family} for number, family in enumerate(families)]
    named = {"line_hash": "100", "family": "video", "event_type": "edx.video.played", "name_too_long": "1",
             "course_id": RUN, "user_id": "k:1", "username": "k:2", "account_kind": "learner"}  # fmt: skip
    files = [("a.gz", [*lines, named]), ("b.gz", [named])]
    return [
        {"_file_key": file, "_offset": str(place), **day, **line}
        for file, rows in files
        for place, line in enumerate(rows)
    ]


def asked(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(duckdb.connect(warehouse, read_only=True)) as connection:
        return connection.execute(query).fetchall()


def columns_of(warehouse: Path, view: str) -> list[str]:
    return [name for name, *_ in asked(warehouse, f"describe staging.stg_edx__{view}")]


def test_every_family_has_a_view_or_needs_none():
    assert set(FAMILIES) | {"request"} == set(VIEWS) | WITHOUT_VIEW
    assert {path.stem for path in MODELS.glob("*.sql") if "tracking_events" in path.read_text()} == {
        f"stg_edx__{view}" for view in ["events", *VIEWS.values()]
    }


def test_a_family_that_needs_no_view_has_no_field_that_only_a_view_has():
    paths = {
        column.name: set(column.payload.paths)
        for column in load_contract(contract_path("edx")).table("tracking_events").landed
        if column.payload and not column.payload.paths.keys() & {"any"}
    }
    elsewhere = {name for name, families in paths.items() if families & WITHOUT_VIEW} - {"block_id"}
    assert elsewhere == set()


def test_both_names_of_an_act_are_of_one_family():
    """Else an act would be in two views, and whoever reads one would miss half of it."""
    pairs = re.findall(r"'(\w+)': \[(.*?)\]", ACTS.read_text(encoding="utf-8"))
    assert len(pairs) == 15
    for act, others in pairs:
        families = {family_of(name) for name in [act, *re.findall(r"'([^']+)'", others)]}
        assert len(families) == 1, act
        assert families <= set(VIEWS), act


def family_of(name: str) -> str | None:
    for family, told_by in FAMILIES.items():
        if name in told_by.get("names", []) or name.startswith(tuple(told_by.get("prefixes", ["\0"]))):
            return str(family)
    return None


@pytest.mark.parametrize(("family", "view"), VIEWS.items())
def test_a_view_has_the_lines_of_its_family_and_what_all_have(warehouse, family, view):
    found = asked(warehouse, f"select {KEY} from staging.stg_edx__{view} order by all")
    expected = asked(
        warehouse, f"select {KEY} from staging.stg_edx__events where family = '{family}' order by all"
    )
    assert found == expected != []
    shared = columns_of(warehouse, "events")[: columns_of(warehouse, "events").index("event_type")]
    assert columns_of(warehouse, view)[: len(shared)] == shared


def test_all_lines_are_in_the_view_of_all_and_one_in_two_files_is_there_twice(warehouse):
    (counts,) = asked(
        warehouse,
        "select count(*), count(distinct line_hash), sum(is_request::int) from staging.stg_edx__events",
    )
    assert counts == (len(FAMILIES) + 4, len(FAMILIES) + 3, 1)


def test_what_is_known_of_a_line_is_renamed_and_a_visitor_has_no_long_name(warehouse):
    columns = "act, user_id, username_pseudonym, account_kind, is_name_too_long, course_key, file_offset"
    rows = asked(warehouse, f"select {columns} from staging.stg_edx__video_events where file_key = 'a.gz' "
                            "order by line_hash")  # fmt: skip
    place = len(FAMILIES) + 2
    assert rows == [
        (None, None, None, None, False, None, list(FAMILIES).index("video") + 2),
        ("play_video", "k:1", "k:2", "learner", True, "UniX-Demo1x-1T2018", place),
    ]


def test_the_described_columns_are_the_columns_there_are(warehouse):
    described = yaml.safe_load((MODELS / "_edx__models.yml").read_text(encoding="utf-8"))["models"]
    models = {model["name"]: [column["name"] for column in model.get("columns", [])] for model in described}
    for view in ["events", *VIEWS.values()]:
        assert models[f"stg_edx__{view}"] == columns_of(warehouse, view), view
