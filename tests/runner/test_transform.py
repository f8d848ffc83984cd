"""dbt is called as documented, and its report is read as it is."""

from __future__ import annotations

import json
import sys

import pytest

from pipelines.errors import BuildFailed, UsageError
from pipelines.runner import transform
from pipelines.settings import Settings

RESULTS = [
    ("model.warehouse.stg_x", "success", '"warehouse"."staging"."stg_x"', None),
    ("model.warehouse.dim_y", "success", '"warehouse"."core"."dim_y"', None),
    ("model.warehouse.dim_z", "error", '"warehouse"."core"."dim_z"', None),
    ("model.warehouse.fct_behind_z", "skipped", '"warehouse"."core"."fct_behind_z"', None),
    ("seed.warehouse.school_holidays", "success", '"warehouse"."intermediate"."school_holidays"', None),
    ("test.warehouse.unique_dim_y_key.ab12cd", "pass", None, 0),
    ("test.warehouse.y_refers_to_z.ef34", "fail", None, 3),
    ("test.warehouse.odd_rows.0a", "warn", None, 2),
    ("test.warehouse.broken.0b", "error", None, None),
]


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def called(settings, monkeypatch):
    """Stands in for the child process; keeps how it was called and writes the report dbt would."""
    calls: dict[str, object] = {}

    def stand_in(command, environment, folder, on_node):
        calls.update(command=command, environment=environment, folder=folder)
        rows = [
            {"unique_id": name, "status": status, "relation_name": relation, "failures": failures}
            for name, status, relation, failures in RESULTS
        ]
        path = transform.target_folder(settings) / "run_results.json"
        path.write_text(json.dumps({"results": rows}))
        return ""

    monkeypatch.setattr(transform, "_run", stand_in)
    return calls


def test_the_report_names_what_was_built_failed_and_warned(settings, called):
    report = transform.build(settings, ["subscriptions"], None, lambda _: None)
    assert report.built == ["staging.stg_x", "core.dim_y"]
    assert report.failed == ["model dim_z", "test y_refers_to_z (3 rows)", "test broken"]
    assert report.warned == ["test odd_rows (2 rows)"]
    assert report.tests_passed == 1


def test_marts_have_the_names_they_are_published_under():
    """On a server they are built elsewhere; a database's name may have a dot in it."""
    assert transform._built('"shelf.two"."build_core"."dim_x"') == "core.dim_x"
    assert transform._built("[shelf].[build_course_activity].[fct_y]") == "course_activity.fct_y"
    assert transform._built('"shelf"."staging"."stg_z"') == "staging.stg_z"


def test_the_mart_schemas_are_those_of_the_project():
    assert transform.mart_schemas() == ["core", "customer_insight", "course_activity"]


def test_a_full_build_makes_incremental_models_anew(settings, called):
    transform.build(settings, ["subscriptions"], None, lambda _: None)
    assert "--full-refresh" in called["command"]
    assert "--select" not in called["command"]


def test_a_partial_build_selects(settings, called):
    transform.build(settings, ["moodle"], ["source:moodle.mdl_user+", "b+"], lambda _: None)
    command = called["command"]
    assert command[command.index("--select") + 1 :] == ["source:moodle.mdl_user+", "b+"]
    assert "--full-refresh" not in command


def test_dbt_sees_the_platforms_that_are_there_and_no_secret(settings, called, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PSEUDONYM_KEY", "ab" * 32)
    monkeypatch.setenv("WAREHOUSE_SEALING_KEY", "cd" * 32)
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__MAIN__URL", "mysql://reader:pw@host/db")
    transform.build(settings, ["moodle", "subscriptions"], None, lambda _: None)
    environment = called["environment"]
    assert environment["WAREHOUSE_PLATFORMS"] == "moodle,subscriptions"
    assert called["folder"] / environment["WAREHOUSE_HOME"] == settings.home
    secrets = ("KEY", "SOURCES", "ENV_FILE")
    assert [
        name for name in environment if name.startswith("WAREHOUSE_") and any(s in name for s in secrets)
    ] == []


def test_a_dbt_that_does_not_start_is_one_sentence(settings, monkeypatch):
    monkeypatch.setattr(transform, "_run", lambda *_: "Compilation Error")
    with pytest.raises(
        BuildFailed, match=r"dbt could not start the build: Compilation Error Its log is .*dbt\.log"
    ):
        transform.build(settings, ["moodle"], None, lambda _: None)


def test_a_report_of_the_build_before_is_not_taken_for_this_one(settings, called, monkeypatch):
    transform.build(settings, ["moodle"], None, lambda _: None)
    monkeypatch.setattr(transform, "_run", lambda *_: "")
    with pytest.raises(BuildFailed, match="it said nothing"):
        transform.build(settings, ["moodle"], None, lambda _: None)


def test_nodes_are_told_and_the_last_error_is_kept(tmp_path):
    lines = [
        {"info": {"name": "LogStartLine", "level": "info", "msg": "1 of 2 START sql table"}},
        {"info": {"name": "MainReportVersion", "level": "info", "msg": "Running"}},
        {"info": {"name": "LogModelResult", "level": "error", "msg": "1 of 2 ERROR"}},
        {"info": {"name": "RunResultError", "level": "error", "msg": "  Parser Error\n  LINE 3: select"}},
    ]
    text = "\n".join(json.dumps(line) for line in lines)
    told: list[str] = []
    script = f"print('not json'); print({text!r})"
    last = transform._run([sys.executable, "-c", script], {}, tmp_path, told.append)
    assert told == ["1 of 2 START sql table", "1 of 2 ERROR"]
    assert last == "Parser Error"


def test_marts_are_what_dbt_parsed_last(settings):
    with pytest.raises(UsageError, match="Nothing has been built here yet"):
        transform.published_relations(settings)
    nodes = {
        "model.w.a": {
            "resource_type": "model",
            "schema": "build_core",
            "alias": "dim_a",
            "path": "marts/core/dim_a.sql",
            "config": {"meta": {"join_keys": ["school_key"], "masked": ["person_key"]}},
        },
        "model.w.b": {
            "resource_type": "model",
            "schema": "staging",
            "alias": "stg_b",
            "path": "staging/x/stg_b.sql",
        },
        "test.w.c": {"resource_type": "test", "schema": "core", "alias": "c"},
        "model.w.d": {
            "resource_type": "model",
            "schema": "course_activity",
            "alias": "d",
            "path": "marts/course_activity/d.sql",
        },
    }
    (transform.target_folder(settings) / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    assert transform.published_relations(settings) == ["core.dim_a", "course_activity.d"]
    assert transform.marts(settings) == [
        transform.Mart("core", "dim_a", "build_core", ("school_key",), ("person_key",)),
        transform.Mart("course_activity", "d", "course_activity"),
    ]
