"""A run's record: outcome, exit code and steps, whatever happens in it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.errors import DiskFull, LoginRefused, SettingsError, Unbalanced, UsageError, WarehouseError
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.platform import PlatformOutcome
from pipelines.runner import run as running
from pipelines.runner.progress import Progress
from pipelines.runner.run import Run
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse

PLANS = load_contract(contract_path("subscriptions")).table("plans")


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, as_of=datetime(2026, 7, 31, 6))


@pytest.fixture
def this_run(settings):
    return Run(settings, Progress())


@pytest.fixture
def landing(monkeypatch):
    """Lets a test say what landing a platform comes to."""
    outcomes: dict[str, PlatformOutcome] = {}
    monkeypatch.setattr(running, "land_platform", lambda *arguments: outcomes[arguments[3]])
    return outcomes


def records(settings) -> list[tuple]:
    with open_warehouse(settings, read_only=True) as warehouse:
        return warehouse.rows(
            "select outcome, exit_code, finished_at is null from ops.runs order by started_at"
        )


def last_event(settings) -> dict:
    return json.loads((settings.home / "logs" / "warehouse.jsonl").read_text().splitlines()[-1])


def table(error: WarehouseError | None = None, rows: int = 0) -> TableOutcome:
    return TableOutcome(PLANS, "main", load_id="1", error=error, rows_read=rows, rows_landed=rows)


def stop(error: Exception) -> None:
    raise error


def test_a_run_that_did_its_work(settings, this_run):
    with this_run.recorded():
        pass
    assert (this_run.report.outcome, this_run.report.exit_code) == ("done", 0)
    assert records(settings) == [("done", 0, False)]
    assert last_event(settings) | {"outcome": "done", "exit_code": 0, "event": "ended"} == last_event(
        settings
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [(DiskFull("The disk is full."), 1), (UsageError("No such layer."), 2), (SettingsError("x"), 2)],
)
def test_an_expected_error_is_one_sentence_and_its_exit_code(settings, this_run, capsys, error, code):
    with this_run.recorded():
        stop(error)
    assert this_run.report.exit_code == code
    assert records(settings) == [("failed", code, False)]
    assert capsys.readouterr().err == f"✗ {error}\n"


def test_an_unexpected_error_is_recorded_and_goes_on(settings, this_run):
    with pytest.raises(ZeroDivisionError), this_run.recorded():
        stop(ZeroDivisionError())
    assert records(settings) == [("failed", 1, False)]


def test_a_run_that_was_killed_is_marked_by_the_next(settings, this_run, monkeypatch):
    monkeypatch.setattr(Run, "_record_end", lambda self: None)
    with this_run.recorded():
        pass
    assert records(settings) == [("running", None, True)]
    monkeypatch.undo()
    with Run(settings, Progress()).recorded():
        pass
    assert records(settings) == [("killed", None, True), ("done", 0, False)]


def test_a_disk_too_full_for_the_record_does_not_hide_the_sentence(settings, this_run, monkeypatch, capsys):
    def refuses(self: Run) -> None:
        raise DiskFull("The disk is full.", "Free space.")

    monkeypatch.setattr(Run, "_record_end", refuses)
    with this_run.recorded():
        stop(DiskFull("The disk is full.", "Free space."))
    assert this_run.report.exit_code == 1
    assert capsys.readouterr().err == "✗ The disk is full. Free space.\n"


def test_an_error_of_one_platform_flags_the_run(settings, this_run, landing):
    landing["moodle"] = PlatformOutcome("moodle", errors=[LoginRefused("moodle/main: refused.", "Check.")])
    landing["subscriptions"] = PlatformOutcome("subscriptions", tables=[table(rows=2)])
    with this_run.recorded():
        this_run.land(["moodle", "subscriptions"])
    assert this_run.report.exit_code == 3
    assert this_run.report.problems == ["moodle/main: refused. Check."]


def test_one_cause_that_stops_many_tables_is_said_once(settings, this_run, landing, capsys):
    full = DiskFull("The disk is full.")
    landing["subscriptions"] = PlatformOutcome("subscriptions", tables=[table(full), table(full), table()])
    with this_run.recorded():
        this_run.land(["subscriptions"])
    assert capsys.readouterr().err.count("The disk is full.") == 1
    assert this_run.report.exit_code == 3


@pytest.mark.parametrize("tables", [[], [table(DiskFull("The disk is full."))]])
def test_nothing_landed_at_all_fails_the_run(settings, this_run, landing, tables):
    landing["moodle"] = PlatformOutcome(
        "moodle", tables=tables, errors=[LoginRefused("moodle/main: refused.")]
    )
    with this_run.recorded():
        this_run.land(["moodle"])
    assert this_run.report.exit_code == 1
    assert (
        this_run.report.problems[-1]
        == "No platform could be landed, so nothing was built. See the sentences above."
    )


def test_settings_that_stop_every_platform_are_wrong_use(settings, this_run, landing):
    missing = SettingsError("WAREHOUSE_PSEUDONYM_KEY is not set.")
    for platform in ("moodle", "subscriptions"):
        landing[platform] = PlatformOutcome(platform, errors=[missing])
    with this_run.recorded():
        this_run.land(["moodle", "subscriptions"])
    assert this_run.report.exit_code == 2
    assert this_run.report.problems == ["WAREHOUSE_PSEUDONYM_KEY is not set."]


def test_rows_that_went_missing_fail_the_run_even_where_others_landed(settings, this_run, landing):
    landing["subscriptions"] = PlatformOutcome(
        "subscriptions", tables=[table(rows=2), table(Unbalanced("plans lost a row."))]
    )
    with this_run.recorded():
        this_run.land(["subscriptions"])
        this_run.report.problems.append("the run went on")
    assert this_run.report.exit_code == 1
    assert this_run.report.problems == ["plans lost a row."]


def test_steps_are_kept_with_how_they_ended(settings, this_run):
    with this_run.recorded():
        with this_run._timed("good"):
            pass
        with this_run._timed("bad"):
            stop(DiskFull("The disk is full."))
    with open_warehouse(settings, read_only=True) as warehouse:
        steps = warehouse.rows("select step, outcome, seconds >= 0 from ops.steps order by step")
    assert steps == [("bad", "failed", True), ("good", "done", True)]
