"""Checks run in a child process; whatever becomes of it ends as a report or as one sentence."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from typing import Any

import duckdb
import pytest

from expectations.results import FAIL, WARN, CheckResult
from pipelines.errors import CheckFailed
from pipelines.runner.check import CheckReport, run_checks, store
from pipelines.runner.checks_process import ChecksProcess
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops

PERSON = "someone@school.example"


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, as_of=datetime(2026, 7, 31, 6))


@pytest.fixture
def warehouse_file(settings):
    """A closed warehouse with a good mart, one that names a person, and an empty one."""
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("create schema core")
        connection.execute("create table core.fct_good as select 1 as id, 'fine' as note")
        connection.execute(f"create table core.fct_named as select 1 as id, '{PERSON}' as note")
        connection.execute("create table core.fct_empty as select 1 as id where false")
    return settings.warehouse_file


@pytest.fixture
def process(settings):
    with ChecksProcess(settings) as started:
        yield started


class Asked(ChecksProcess):
    """Keeps what it was asked and starts no process."""

    words: list[str]

    def ask(self, words: list[str], time_limit: float) -> int:
        self.words = words
        raise CheckFailed("It stopped.", "Look.")


def result(name: str = "volume", severity: str = FAIL, success: bool = True) -> CheckResult:
    return CheckResult("core.fct_x", name, None, severity, success, "3 rows", None, "Look.")


def test_failures_come_back_from_the_child(settings, warehouse_file, process):
    relations = ["core.fct_good", "core.fct_named", "core.fct_empty", "core.fct_gone"]

    report = run_checks(settings, "marts", relations, [], process)

    assert [(r.relation, r.expectation, r.column, r.unexpected_count) for r in report.failed] == [
        ("core.fct_gone", "relation_exists", None, None),
        ("core.fct_named", "no_at_sign", "note", 1),
        ("core.fct_empty", "volume", None, None),
    ]
    assert report.warned == []
    assert {r.relation for r in report.results if r.success} == {"core.fct_good", "core.fct_named"}
    assert PERSON not in repr(report)
    assert list(settings.work_folder.glob("check-*")) == []


def test_nothing_to_check_asks_nothing(settings):
    assert run_checks(settings, "marts", [], [], Asked(settings)) == CheckReport([])


def test_one_process_answers_again_and_leaves_the_warehouse_alone_meanwhile(
    settings, warehouse_file, process
):
    assert not run_checks(settings, "marts", ["core.fct_good"], [], process).failed
    with duckdb.connect(str(warehouse_file)) as connection:
        connection.execute("delete from core.fct_good")
    report = run_checks(settings, "marts", ["core.fct_good"], [], process)
    assert [result.expectation for result in report.failed] == ["volume"]


def test_a_warehouse_held_by_another_is_one_sentence(settings, warehouse_file, process):
    with (
        duckdb.connect(str(warehouse_file)),
        pytest.raises(CheckFailed, match="held by another process") as said,
    ):
        run_checks(settings, "marts", ["core.fct_good"], [], process)

    assert said.value.advice


def test_a_table_that_no_contract_names_is_one_sentence(settings, warehouse_file, process):
    with duckdb.connect(str(warehouse_file)) as connection:
        connection.execute(
            "create schema staging_moodle; create table staging_moodle.mdl_new as select 1 as id"
        )

    with pytest.raises(CheckFailed, match="moodle has no table mdl_new in its contract"):
        run_checks(settings, "staging", ["staging_moodle.mdl_new"], [], process)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("import os; os._exit(7)", "ended with code 7 and no result"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with code -9 and no result"),
        (f"raise ValueError('{PERSON}')", "ended with code 1 and no result"),
        ("import json; open(json.loads(input())[3], 'w').write('half a')", "ended with code 0 and no result"),
        ("import time; time.sleep(60)", "did not end within 1 seconds"),
    ],
)
def test_a_child_that_breaks_is_one_sentence(settings, capfd, script, sentence):
    with (
        ChecksProcess(settings, [sys.executable, "-c", script]) as process,
        pytest.raises(CheckFailed, match=sentence) as said,
    ):
        run_checks(settings, "marts", ["core.fct_good"], [], process, time_limit=1)

    assert PERSON not in str(said.value) + "".join(capfd.readouterr())


def test_the_child_gets_everything_as_arguments(settings):
    process = Asked(settings)
    with pytest.raises(CheckFailed):
        run_checks(
            settings.model_copy(update={"data_docs": True}), "staging", ["staging_x.a; rm"], ["1.5"], process
        )

    assert process.words[process.words.index("--relation") + 1] == "staging_x.a; rm"
    assert process.words[process.words.index("--load-id") + 1] == "1.5"
    assert process.words[-2:] == ["--data-docs", str((settings.home / "data_docs").resolve())]


def test_the_child_sees_the_clock_and_no_secret(settings, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PSEUDONYM_KEY", "ab" * 32)
    seen: dict[str, Any] = {}

    def starts(command, **options):
        seen.update(options)
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "Popen", starts)
    with pytest.raises(FileNotFoundError), ChecksProcess(settings):
        pass

    assert not seen.get("shell")
    assert not any("KEY" in name and name.startswith("WAREHOUSE_") for name in seen["env"])
    assert seen["env"]["WAREHOUSE_AS_OF"] == "2026-07-31 06:00:00"


def test_results_and_skips_are_kept(settings):
    report = CheckReport([result(), result("pseudonyms", FAIL, False), result("late", WARN, False)])

    with open_warehouse(settings) as warehouse:
        create_ops(warehouse)
        store(warehouse, "run-1", "marts", report, ["core.dim_dates"])
        store(warehouse, "run-2", "marts", None, ["core.dim_dates", "core.dim_people"])
        kept = warehouse.rows(
            "select run_id, layer, relation, expectation, severity, success, observed, advice "
            "from ops.check_results"
        )
        skipped = warehouse.rows("select run_id, relation, reason from ops.skipped_checks")

    assert kept[0] == ("run-1", "marts", "core.fct_x", "volume", FAIL, True, "3 rows", "Look.")
    assert [row[3:6] for row in kept[1:]] == [("pseudonyms", FAIL, False), ("late", WARN, False)]
    assert [row[:2] for row in skipped] == [
        ("run-1", "core.dim_dates"), ("run-2", "core.dim_dates"), ("run-2", "core.dim_people"),
    ]  # fmt: skip
    assert ([r.expectation for r in report.failed], [r.expectation for r in report.warned]) == (
        ["pseudonyms"], ["late"],
    )  # fmt: skip
