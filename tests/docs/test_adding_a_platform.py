"""Follows docs/adding-a-platform.md to the letter, in a copy of the project with two sample platforms.

One has schools, one learners: with them every schema has marts, and what the page changes is built.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines.sources.config import TableFetch
from tests.docs.pages import DOCS, PROJECT_ROOT, Block, blocks
from tests.end_to_end.homes import MARTS, clean_environment

PAGE = DOCS / "adding-a-platform.md"
PACKAGES = ("pipelines", "expectations", "dbt_project")
BESIDE = ("subscriptions", "moodle")
SUFFIXES = {".yml", ".yaml", ".sql"}
# First lines of blocks: a file of its own, a file to merge into, a place in a model.
_FILE = re.compile(r"(?:#|--) (\S+/\S+)$")
_MERGED = re.compile(r"# in (\S+), merged")
_INSERTED = re.compile(r"-- in (\S+), at the end of (\w+)$")
_SOURCE = "-- library.sql"


@pytest.fixture(scope="module")
def followed(sample, tmp_path_factory):
    """The copied project with the page's blocks in it, its home, and what `warehouse run library` said."""
    root = tmp_path_factory.mktemp("project")
    for name in PACKAGES:
        leavings = ("target", "logs") if name == "dbt_project" else ()
        left_out = shutil.ignore_patterns(*leavings, "__pycache__")
        shutil.copytree(PROJECT_ROOT / name, root / name, ignore=left_out)
    for block in blocks(PAGE):
        _put(block, root)
    home = sample.copy(root / "var")
    home.only(*BESIDE)
    landed = home.command("land")
    assert landed.code == 0, landed.everything
    with closing(sqlite3.connect(home.source("library"))) as source:
        source.executescript(_source())
    url = f"sqlite:///{home.source('library')}"
    environment = home.environment({"WAREHOUSE_SOURCES__LIBRARY__MAIN__URL": url, "PYTHONPATH": str(root)})
    said = _warehouse(root, environment, "run", "library")
    assert said.returncode == 0, said.stderr + _log(home.folder)
    return home, said, lambda *words: _warehouse(root, environment, *words)


def _warehouse(root: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """The command as the copy has it: the working directory comes first on a module's search path."""
    command = [sys.executable, "-m", "pipelines.cli", *words]
    return subprocess.run(
        command, cwd=root, env=clean_environment() | environment, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip


def _log(folder: Path) -> str:
    path = folder / "logs" / "dbt.log"
    return path.read_text(encoding="utf-8")[-3000:] if path.exists() else ""


# ---------------------------------------------------------------- the page's blocks


def _put(block: Block, root: Path) -> None:
    """Does with a block what its first line says; blocks of commands and output say nothing."""
    if found := _MERGED.match(block.first_line):
        _change(root / found[1], lambda text: _merge(text, block.rest))
    elif found := _INSERTED.match(block.first_line):
        cte = found[2]
        _change(root / found[1], lambda text: _insert(text, cte, block.rest))
    elif found := _FILE.match(block.first_line):
        path = root / found[1]
        assert not path.exists(), f"{found[1]} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")


def _change(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def _merge(text: str, more: str) -> str:
    return yaml.safe_dump(_merged(yaml.safe_load(text), yaml.safe_load(more)), sort_keys=False)


def _merged(old: Any, new: Any) -> Any:
    """Mappings key by key, lists of named entries by name, other lists one after the other."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {key: _merged(old[key], value) if key in old else value for key, value in new.items()}
    if not isinstance(old, list) or not isinstance(new, list):
        return new
    names = {_name(entry) for entry in old} - {None}
    changes = {_name(entry): entry for entry in new if _name(entry) in names}
    merged = [_merged(entry, changes[_name(entry)]) if _name(entry) in changes else entry for entry in old]
    return merged + [entry for entry in new if _name(entry) not in changes]


def _name(entry: Any) -> str | None:
    return entry.get("name") if isinstance(entry, dict) else None


def _insert(text: str, cte: str, branch: str) -> str:
    """Puts a branch above the bracket that closes the CTE."""
    start = text.index(f"with {cte} as (")
    end = text.index("\n),", start) + 1
    return text[:end] + branch + text[end:]


def _source() -> str:
    return next(block.text for block in blocks(PAGE, "sql") if block.first_line == _SOURCE)


# ---------------------------------------------------------------- tests


def test_the_platform_is_yaml_and_sql_only():
    written = [
        Path(found[1])
        for block in blocks(PAGE)
        for form in (_FILE, _MERGED, _INSERTED)
        if (found := form.match(block.first_line))
    ]
    assert len(written) >= 8
    assert {path.suffix for path in written} <= SUFFIXES


def test_the_entries_of_a_source_config_are_explained_with_their_defaults():
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    fields = TableFetch.model_fields
    defaults = {name: str(field.default).lower() for name, field in fields.items()}
    assert {name: default for name, default in rows if name in fields} == defaults


def test_the_run_ends_as_the_page_shows(followed):
    _, said, _ = followed
    shown = next(block.text for block in blocks(PAGE, "text") if block.first_line.startswith("Landed"))
    assert _row(said.stdout) == _row(shown) == ["9", "8", "1", "0", "0"]
    assert re.search(r"Published [\d,]+ rows", said.stdout)


def _row(text: str) -> list[str]:
    """Counts of the library's row of a closing table, its seconds left out."""
    row = next(line for line in text.splitlines() if line.startswith("│ library"))
    return [cell.strip() for cell in row.strip("│").split("│")][1:-1]


def test_what_must_not_land_is_nowhere(followed):
    home, _, _ = followed
    columns = home.rows(
        "select column_name from information_schema.columns where table_schema = 'staging_library'"
    )
    assert ("member_id",) in columns
    assert ("full_name",) not in columns
    assert ("note",) not in columns
    with closing(duckdb.connect(home.folder / "warehouse.duckdb", read_only=True)) as warehouse:
        members = warehouse.execute("select * from staging_library.members").fetchall()
        loans = warehouse.execute("select * from staging_library.loans").fetchall()
    assert len(members) == 3
    assert len(loans) == 3
    clear = ("Ada", "Ben", "northgate", "his mother")
    assert not [word for word in clear if word in repr(members) + repr(loans)]


def test_the_refused_loan_is_named_as_the_page_says(followed):
    _, _, warehouse = followed
    page = PAGE.read_text(encoding="utf-8")
    asked = re.search(r'`warehouse query --ops "(.+?)"`', page)
    assert asked
    said = warehouse("query", "--ops", asked[1], "--format", "json")
    assert json.loads(said.stdout) == [
        {"table_name": "loans", "reason": "not_a_date", "column_name": "due_on"}
    ]


def test_its_members_are_people_beside_the_others(followed):
    home, _, _ = followed
    kinds = home.rows(
        "select p.is_bot, count(*) from core.dim_people p join intermediate.int_people__accounts a "
        "on p.person_key = a.person_key where a.platform = 'library' group by p.is_bot order by 1"
    )
    assert kinds == [(False, 2), (True, 1)]
    published = "select distinct table_schema from information_schema.tables where table_schema <> 'main'"
    assert {row[0] for row in home.marts(published)} == set(MARTS)


def test_what_the_page_writes_is_checked(followed):
    home, _, _ = followed
    asked = {
        row[0]
        for row in home.rows(
            "select expectation from ops.check_results where relation = 'staging_library.loans' and success"
        )
    }
    assert {"unique_key", "pseudonyms", "columns_as_declared", "returned_before_it_was_lent"} <= asked


def test_its_relations_are_tested_by_dbt(followed):
    home, _, _ = followed
    results = json.loads((home.folder / "work" / "dbt_target" / "run_results.json").read_text())["results"]
    passed = {entry["unique_id"].split(".")[2] for entry in results if entry["status"] == "pass"}
    assert "loans_refer_to_members_by_member_id" in passed


def test_the_unit_test_of_people_passes_with_the_new_branch(followed):
    home, _, _ = followed
    root = home.folder.parent
    command = [
        *("env", f"WAREHOUSE_HOME={home.folder}", "WAREHOUSE_PLATFORMS=library,moodle,subscriptions"),
        *(sys.executable, "-m", "dbt.cli.main", "test", "--project-dir", "dbt_project"),
        *("--profiles-dir", "dbt_project", "--target-path", str(home.folder / "work" / "dbt_target")),
        *("--log-path", str(home.folder / "logs"), "--select", "int_people__accounts,test_type:unit"),
    ]
    said = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=300)
    assert said.returncode == 0, said.stdout
    assert re.search(r"PASS=[1-9]\d* WARN=0 ERROR=0", said.stdout)
