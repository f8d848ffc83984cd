"""The command's own manners: help, exit codes, one sentence and no traceback."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import typer

from pipelines import cli

PROJECT_ROOT = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("warehouse")
COMMANDS = typer.main.get_group(cli.app).commands
HEAVY = {"dlt", "dbt", "duckdb", "great_expectations", "pyarrow", "sqlalchemy", "pandas", "connectorx"}
HEAVY |= {"altair", "vl_convert", "jinja2"}
LISTED = (
    "run",
    "land",
    "build",
    "check",
    "query",
    "status",
    "sample",
    "replay",
    "page",
    "roles",
    "settings",
    "doctor",
)


def warehouse(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WAREHOUSE_")}
    return subprocess.run(
        [str(PROGRAM), *words],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that was used wrongly."""
    assert done.returncode == 2, done
    assert "Traceback" not in done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("✗ ")]
    assert len(lines) == 1, done.stderr
    return lines[0][2:]


@pytest.fixture
def home(tmp_path) -> dict[str, str]:
    return {"WAREHOUSE_HOME": str(tmp_path)}


# ---------------------------------------------------------------- help


def test_these_are_the_commands():
    assert set(COMMANDS) == set(LISTED)
    shown = warehouse("--help").stdout
    assert all(re.search(rf"^│ {name}\b", shown, re.MULTILINE) for name in LISTED)
    codes = "Exit codes: 0 all good · 1 failed · 2 wrong use or settings · 3 finished with flagged errors."
    assert codes in " ".join(shown.split())


@pytest.mark.parametrize("name", LISTED)
def test_every_command_has_help_with_an_example_it_would_take(name):
    command = COMMANDS[name]
    said, _, example = (command.help or "").strip().partition(". Example: ")
    assert said
    words = shlex.split(example.split(" > ")[0])
    assert words[:2] == ["warehouse", name]
    command.make_context(name, words[2:])  # parses, or raises a usage error


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in LISTED)])
def test_help_imports_nothing_heavy(words):
    code = (
        "import sys\nfrom pipelines.cli import main\nsys.argv = sys.argv[1:]\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    code = ended.code\n"
        "import json\nprint(json.dumps([code, [name for name in sys.modules]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "warehouse", *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT_ROOT,
    )
    exit_code, modules = json.loads(done.stdout.splitlines()[-1])
    assert exit_code in (0, None)
    assert HEAVY.intersection(modules) == set()


# ---------------------------------------------------------------- wrong use: 2


@pytest.mark.parametrize("command", ["run", "land", "replay"])
def test_an_unknown_platform(command, home):
    said = refused(warehouse(command, "mooodle", **home))
    known = "bookshelf, classroom, drops, edx, moodle, reading, subscriptions"
    assert said == f"There is no platform mooodle. Known platforms: {known}."


def test_a_platform_set_in_the_environment_that_does_not_exist(home):
    said = refused(warehouse("run", WAREHOUSE_SOURCES__MOODEL__MAIN__URL="sqlite:///x", **home))
    assert said.startswith("There is no platform moodel.")


@pytest.mark.parametrize("words", [["run"], ["land", "moodle"], ["replay", "moodle"]])
def test_a_platform_without_a_connection(words, home):
    said = refused(warehouse(*words, **home))
    assert said.startswith("No connection is set for ")
    assert "WAREHOUSE_SOURCES__<PLATFORM>__<INSTANCE>__URL" in said


def test_wrong_queries(home, tmp_path):
    assert refused(warehouse("query", "select 1", **home)).startswith("Nothing is published at ")
    assert "There is no format `xml`." in refused(warehouse("query", "select 1", "--format", "xml", **home))


def test_bad_sql(home, tmp_path):
    (tmp_path / "published").mkdir()
    duckdb.connect(str(tmp_path / "published" / "marts.duckdb")).close()
    said = refused(warehouse("query", "selekt 1", **home))
    assert said.startswith("The query cannot be answered: Parser Error: ")
    said = refused(warehouse("query", "select * from core.dim_nothing", **home))
    assert said.startswith("The query cannot be answered: Catalog Error: ")


def test_an_unknown_layer_and_nothing_to_build(home):
    assert refused(warehouse("check", "landing", **home)) == (
        "There is no layer `landing`. Use staging, marts or all."
    )
    assert refused(warehouse("build", **home)).startswith("There is nothing to build")
    assert refused(warehouse("check", "marts", **home)).startswith("Nothing has been built here yet.")


def test_status_before_the_first_run(home, tmp_path):
    assert refused(warehouse("status", **home)).startswith("There is no warehouse at ")
    duckdb.connect(str(tmp_path / "warehouse.duckdb")).close()
    assert refused(warehouse("status", **home)).startswith("No run is recorded in ")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AS_OF", "yesterday", "The setting WAREHOUSE_AS_OF cannot be used: "),
        ("ENGINE", "oracle", "The setting WAREHOUSE_ENGINE cannot be used: "),
        ("ENV_FILE", "/nowhere.env", "WAREHOUSE_ENV_FILE names /nowhere.env, which does not exist."),
        ("SOURCES__MOODLE__MAIN__CA_FILE", "x", "The setting WAREHOUSE_SOURCES__MOODLE__MAIN__URL "),
        ("SOURCES__MOODLE__M-1__URL", "sqlite:///x", "The setting WAREHOUSE_SOURCES cannot be used: "),
    ],
)
def test_settings_that_cannot_be_read(home, name, value, says):
    assert refused(warehouse("run", **home, **{f"WAREHOUSE_{name}": value})).startswith(says)


def test_an_env_file_that_others_may_read(home, tmp_path):
    path = tmp_path / "warehouse.env"
    path.write_text(f"WAREHOUSE_PSEUDONYM_KEY={'ab' * 32}\n")
    path.chmod(0o640)
    said = refused(warehouse("run", WAREHOUSE_ENV_FILE=str(path), **home))
    assert said == f"{path} holds secrets but others may read it. Run: chmod 600 {path}"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "WAREHOUSE_PSEUDONYM_KEY is not set, so nothing personal can land."),
        ({"WAREHOUSE_PSEUDONYM_KEY": "abc"}, "WAREHOUSE_PSEUDONYM_KEY must be 64 to 128 hex digits."),
        ({"WAREHOUSE_PSEUDONYM_KEY": "ab" * 32}, "WAREHOUSE_SEALING_KEY must be 64 hex digits"),
        (
            {"WAREHOUSE_PSEUDONYM_KEY": "ab" * 32, "WAREHOUSE_PSEUDONYM_KEY_ID": "sample"},
            "The sample's pseudonym key is not secret and may only be used on the sample.",
        ),
    ],
)
def test_missing_and_wrong_keys_are_told_once_for_all_platforms(home, settings, says):
    sources = {f"WAREHOUSE_SOURCES__{name}__MAIN__URL": "sqlite:///x" for name in ("MOODLE", "SUBSCRIPTIONS")}
    assert refused(warehouse("land", **home, **sources, **settings)).startswith(says)


def test_words_the_command_does_not_know_end_with_2():
    for words in (["fly"], ["run", "--fast"], ["query"], ["sample", "--scale", "0"]):
        done = warehouse(*words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert "Usage: warehouse" in done.stderr


# ---------------------------------------------------------------- errors nobody expected


def test_an_unexpected_error_is_told_without_its_text(monkeypatch, capsys):
    """A library's message may quote a row."""

    def breaks() -> None:
        raise ValueError("someone@school.example")

    monkeypatch.setattr(cli, "app", breaks)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert re.fullmatch(
        r"✗ The command stopped with ValueError at pipelines/cli\.py, line \d+. "
        r"This is an error of ours: report it.\n",
        said,
    )


def test_settings_page_goes_stale_loudly(tmp_path):
    page = tmp_path / "settings.md"
    page.write_text(warehouse("settings").stdout)
    assert warehouse("settings", "--check", str(page)).returncode == 0
    page.write_text("old")
    done = warehouse("settings", "--check", str(page))
    assert done.returncode == 1
    assert "is out of date" in done.stderr
