"""dbt is called as documented, and its report is read as it is."""

from __future__ import annotations

import json
import sys

import pytest

from pipelines.errors import BuildFailed
from pipelines.runner import transform
from pipelines.runner.child import start
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse import open_warehouse

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
    ("test.warehouse.dim_y_holds.0c", "fail", None, 3),
]


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def called(settings, monkeypatch):
    """Stands in for what dbt does in its process; keeps how it was started, and what it was told."""
    calls: dict[str, object] = {}

    def started(command, environment, folder):
        calls.update(environment=environment, folder=folder)
        return start([sys.executable, "-c", ""], environment, folder)

    def stand_in(child, wanted, on_node):
        calls.update(wanted=wanted)
        rows = [
            {
                "unique_id": name,
                "status": status,
                "relation_name": relation,
                "failures": failures,
                "compiled_code": "select 'key of y_key' as promise, 3 as wrong_rows",
            }
            for name, status, relation, failures in RESULTS
        ]
        path = transform.target_folder(settings) / "run_results.json"
        path.write_text(json.dumps({"results": rows}))
        return ""

    monkeypatch.setattr(transform, "start", started)
    monkeypatch.setattr(transform, "_told", stand_in)
    return calls


def test_the_report_names_what_was_built_failed_and_warned(settings, called):
    report = transform.build(settings, ["subscriptions"], None, lambda _: None)
    assert report.built == ["staging.stg_x", "core.dim_y"]
    assert report.failed == [
        "model dim_z",
        "test y_refers_to_z (3 rows)",
        "test broken",
        "test dim_y_holds (3 rows)",
    ]
    assert report.warned == ["test odd_rows (2 rows)"]
    assert report.tests_passed == 1


def test_marts_have_the_names_they_are_published_under():
    """On a server they are built elsewhere; a database's name may have a dot in it."""
    assert transform._built('"shelf.two"."build_core"."dim_x"') == "core.dim_x"
    assert transform._built("[shelf].[build_course_activity].[fct_y]") == "course_activity.fct_y"
    assert transform._built('"shelf"."staging"."stg_z"') == "staging.stg_z"


def test_a_broken_promise_is_said_in_words(settings, called):
    with open_warehouse(settings):
        pass
    report = transform.build(settings, ["subscriptions"], None, lambda _: None)
    assert report.failed[-1] == "test dim_y_holds (key of y_key: 3 rows)"


def test_a_full_build_makes_incremental_models_anew(settings, called):
    transform.build(settings, ["subscriptions"], None, lambda _: None)
    assert "--full-refresh" in called["wanted"]
    assert "--select" not in called["wanted"]


def test_a_partial_build_selects(settings, called):
    transform.build(settings, ["moodle"], ["source:moodle.mdl_user+", "b+"], lambda _: None)
    command = called["wanted"]
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


def test_a_dbt_that_does_not_start_is_one_sentence(settings, called, monkeypatch):
    monkeypatch.setattr(transform, "_told", lambda *_: "Compilation Error")
    with pytest.raises(
        BuildFailed, match=r"dbt could not start the build: Compilation Error Its log is .*dbt\.log"
    ):
        transform.build(settings, ["moodle"], None, lambda _: None)


def test_a_report_of_the_build_before_is_not_taken_for_this_one(settings, called, monkeypatch):
    transform.build(settings, ["moodle"], None, lambda _: None)
    monkeypatch.setattr(transform, "_told", lambda *_: "")
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
    script = f"print('not json'); assert len(input()) == 5; print({text!r})"
    child = start([sys.executable, "-c", script], {}, tmp_path)
    last = transform._told(child, ["x"], told.append)
    assert told == ["1 of 2 START sql table", "1 of 2 ERROR"]
    assert last == "Parser Error"


def test_a_project_that_cannot_be_parsed_is_one_sentence(settings, monkeypatch):
    monkeypatch.setattr(transform, "PROJECT_ROOT", settings.home / "elsewhere")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_ROOT))
    with pytest.raises(BuildFailed, match=r"dbt could not start the build: .*elsewhere"):
        transform.build(settings, ["moodle"], None, lambda _: None)


def test_a_dbt_that_nobody_tells_ends(settings, called):
    with transform.Dbt(settings, ["moodle"]) as dbt:
        child = dbt._child
    assert child.returncode is not None
