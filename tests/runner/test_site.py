"""The page at a run's end: written whatever became of the run, never the reason that a run ends badly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import CheckFailed, ReportError, WarehouseError
from pipelines.runner import site
from pipelines.runner.progress import Progress
from pipelines.runner.run import Run
from pipelines.settings import InstanceSettings, Settings
from pipelines.warehouse import open_warehouse


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


def steps(settings) -> list[tuple[str, str]]:
    with open_warehouse(settings, read_only=True) as warehouse:
        return warehouse.rows("select step, outcome from ops.steps")


def sentences(settings) -> list[tuple[str, str]]:
    with open_warehouse(settings, read_only=True) as warehouse:
        return warehouse.rows("select kind, sentence from ops.sentences order by position")


def stop(error: BaseException) -> None:
    raise error


def test_a_failed_run_writes_it_too_with_its_sentence(settings):
    run = Run(settings, Progress())
    with run.recorded(page=True):
        run.report.warnings.append("A table is late.")
        stop(CheckFailed("3 checks of staging failed.", "Look."))
    assert run.report.exit_code == 1
    assert run.report.page
    text = run.report.page.read_text(encoding="utf-8")
    assert "3 checks of staging failed. Look." in text
    assert "A table is late." in text
    assert "✗ Failed" in text
    assert steps(settings) == [("page", "done")]
    assert sentences(settings) == [
        ("problem", "3 checks of staging failed. Look."), ("warning", "A table is late.")
    ]  # fmt: skip


def test_only_who_asks_gets_one(settings):
    run = Run(settings, Progress())
    with run.recorded():
        pass
    assert run.report.page is None
    assert not settings.site_folder.exists()


@pytest.mark.parametrize("break_it", ["dies", "hangs", "folder"])
def test_a_page_that_cannot_be_written_is_a_warning_of_a_good_run(settings, monkeypatch, break_it):
    if break_it == "dies":
        monkeypatch.setattr(sys, "executable", "/bin/false")
    elif break_it == "hangs":
        monkeypatch.setattr(site.write_site, "__kwdefaults__", {"time_limit": 0.01})
    else:
        settings.site_folder.write_text("in the way")
    run = Run(settings, Progress())
    with run.recorded(page=True):
        run.report.outcome = "published"
    assert (run.report.outcome, run.report.exit_code, run.report.page) == ("published", 0, None)
    (warning,) = run.report.warnings
    assert warning.startswith("The page ")
    assert "`warehouse page` tries again" in warning
    assert steps(settings) == [("page", "failed")]


def test_whoever_stops_a_run_does_not_wait_for_it(settings):
    run = Run(settings, Progress())
    with pytest.raises(KeyboardInterrupt), run.recorded(page=True):
        raise KeyboardInterrupt
    assert not settings.site_folder.exists()


def test_dbts_pages_that_cannot_be_written_leave_ours(settings, monkeypatch):
    def refuse(settings: Settings, *, anew: bool) -> None:
        raise ReportError("dbt's page is another.")

    monkeypatch.setattr(site, "write_catalogue", refuse)
    run = Run(settings, Progress())
    with run.recorded(page=True):
        pass
    assert run.report.warnings == ["dbt's page is another."]
    assert run.report.page and run.report.page.exists()


def test_its_process_gets_no_secret(settings, monkeypatch):
    """`env` in place of Python: what the child would see."""
    seen, warnings = settings.home / "seen", list[str]()
    program = settings.home / "env.sh"
    program.write_text(f"#!/bin/sh\nenv > {seen}\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("WAREHOUSE_PSEUDONYM_KEY", "ab" * 32)
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__MAIN__URL", "mysql://reader:pass-word@db/moodle")
    site.write_site(settings, anew=False, warn=warnings.append)
    environment = seen.read_text()
    assert f"WAREHOUSE_SITE={settings.site_folder}" in environment
    assert "abab" not in environment
    assert "pass-word" not in environment
    assert "WAREHOUSE_SITE" not in os.environ


# ---------------------------------------------------------------- sentences without addresses


@pytest.mark.parametrize(
    ("url", "said", "shown"),
    [
        (
            "mysql://rea%40der:pw@db.school.example:3306/moodle",
            "moodle/main: db.school.example:3306 refused the login of user `rea@der` to database `moodle`.",
            "moodle/main: its server refused the login of its user to database `moodle`.",
        ),
        (
            "mysql://r:p@db/moodle",
            "dbt, db.table: DB did not answer",
            "dbt, db.table: its server did not answer",
        ),
        ("mysql://r:p@moodle/m", "moodle/main: moodle is full.", "moodle/main: its server is full."),
        (
            "mysql://r:p@10.0.0.3/m",
            "10.0.0.3:3306 is down, not 10.0.0.30",
            "its server is down, not 10.0.0.30",
        ),
        ("sqlite:////srv/m.sqlite", "there is no file /srv/m.sqlite.", "there is no file its file."),
        ("sqlite:///m.sqlite", "there is no file m.sqlite.", "there is no file its file."),
    ],
)
def test_addresses_of_sources_are_left_out(url, said, shown):
    settings = Settings(sources={"moodle": {"main": InstanceSettings(url=url)}})
    assert site.without_addresses(said, settings) == shown


def test_the_warehouses_own_server_is_not_shown_either(tmp_path):
    where = {"host": "sql.example.org", "database": "warehouse", "user": "loader"}
    settings = Settings(home=tmp_path, engine="sqlserver", sqlserver=where)
    said = "The server refused login `loader` for database warehouse on sql.example.org:1433. Check it."

    assert site.without_addresses(said, settings) == (
        "The server refused its login for database warehouse on its server. Check it."
    )


def test_they_are_left_out_of_ops_and_not_of_the_terminal(settings, capsys):
    sources = {"moodle": {"main": InstanceSettings(url="mysql://reader:pw@db.school.example/moodle")}}
    told = Settings(home=settings.home, sources=sources)
    run = Run(told, Progress())
    with run.recorded():
        stop(WarehouseError("moodle/main: db.school.example did not answer."))
    assert sentences(settings) == [("problem", "moodle/main: its server did not answer.")]
    assert "db.school.example" in capsys.readouterr().err


def test_the_folder_of_the_page_is_the_settings(tmp_path):
    assert Settings(home=tmp_path, site=tmp_path / "s").library_environment()["WAREHOUSE_SITE"] == str(
        Path(tmp_path / "s").resolve()
    )


# ---------------------------------------------------------------- the command


def test_the_command_writes_the_page_of_the_last_run_again(settings):
    """Refused before the first run: there is nothing to tell."""
    program = Path(sys.executable).with_name("warehouse")
    environment = os.environ | {"WAREHOUSE_HOME": str(settings.home)}

    def page() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(program), "page"], env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    before = page()
    assert before.returncode == 2
    assert before.stderr.startswith("✗ There is no warehouse at ")
    run = Run(settings, Progress())
    with run.recorded():
        pass
    after = page()
    assert after.returncode == 0, after.stderr
    path = settings.site_folder / "index.html"
    assert after.stdout == f"Page: {path.as_uri()}\n"
    assert run.report.run_id in path.read_text(encoding="utf-8")
