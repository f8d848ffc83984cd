"""What the documentation names exists: links, files, commands and their options, make targets, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from pipelines.cli import app
from tests.docs.pages import DOCS, PROJECT_ROOT, anchors, blocks, pages, prose, text

PAGES = pages()
IDS = [str(page.relative_to(PROJECT_ROOT)) for page in PAGES]
# Read by tests and by dbt, not settings of a user; each is explained where it is named.
NOT_SETTINGS = {
    "WAREHOUSE_CI",
    "WAREHOUSE_TEST_LONG",
    "WAREHOUSE_TEST_SQLSERVER_URL",
    "WAREHOUSE_PLATFORMS",
    "WAREHOUSE_SOURCES",
}
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_PATH = re.compile(
    r"`((?:pipelines|dbt_project|expectations|scripts|tests|docs|\.ci)/[\w./*-]+|(?:Makefile|[\w-]+\.toml))`"
)
_COMMAND = re.compile(r"(?:^|[\s`/])warehouse ((?:[a-z]+)\b[^`\n]*)")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_links_resolve(page: Path):
    broken = [target for target in _LINK.findall(prose(page)) if not _resolves(page, target)]
    assert broken == []


def _resolves(page: Path, target: str) -> bool:
    if "://" in target:
        return False  # nothing outside the project is needed to read it
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    if not path.exists() or PROJECT_ROOT not in path.parents:
        return False
    return not anchor or anchor in anchors(path)


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_files_named_exist(page: Path):
    # the worked example makes files of its own
    made = {block.first_line.split(" ")[-1] for block in blocks(page)} if "adding" in page.name else set()
    named = set(_PATH.findall(prose(page))) - made
    missing = [
        name for name in named if "library" not in name and not list(PROJECT_ROOT.glob(name.rstrip("/")))
    ]
    assert missing == []


def spans(page: Path) -> list[str]:
    """Commands stand in code: in backticks, or in blocks of commands and schedules."""
    inline = re.findall(r"`([^`]+)`", prose(page))
    return inline + [
        line for block in blocks(page) if block.language != "sql" for line in block.text.splitlines()
    ]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_commands_and_options_exist(page: Path):
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for span in spans(page):
        for call in _COMMAND.findall(span):
            if not re.match(r"(\.venv/bin/)?warehouse |.*/warehouse |.*[= ]warehouse ", span.strip()):
                continue
            name, *words = call.split('"')[0].split()
            assert name in commands, span
            known = {option for parameter in commands[name].params for option in parameter.opts}
            told = {word for word in words + _after_quotes(call) if word.startswith("--")}
            assert told <= known, span


def _after_quotes(call: str) -> list[str]:
    return call.rsplit('"', 1)[-1].split() if '"' in call else []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_make_targets_exist(page: Path):
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {target for span in spans(page) for target in re.findall(r"^\s*make ([a-z-]+)", span)}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_settings_exist(page: Path):
    settings = text(DOCS / "settings.md")
    known = set(re.findall(r"`(WAREHOUSE_[A-Z_]+)`", settings)) | NOT_SETTINGS
    of_instances = set(re.findall(r"<INSTANCE>__([A-Z_]+)`", settings))
    for name in re.findall(r"WAREHOUSE_[A-Z0-9_<>]+", text(page)):
        if name.startswith("WAREHOUSE_SOURCES__"):
            assert name.split("__", 3)[-1] in of_instances, name
        else:
            assert name in known, name


def test_every_page_is_in_the_index():
    linked = {
        (DOCS / target.partition("#")[0]).resolve() for target in _LINK.findall(text(DOCS / "README.md"))
    }
    listed = [page for page in PAGES if page.parent != DOCS / "decisions" and page != DOCS / "README.md"]
    assert not [page for page in listed if page not in linked and page.name != "CHANGELOG.md"]


def test_every_decision_is_in_its_index_with_its_title():
    folder = DOCS / "decisions"
    index = text(folder / "README.md")
    for page in sorted(folder.glob("[0-9]*.md")):
        number, title = text(page).split("\n", 1)[0].removeprefix("# ").split(" ", 1)
        assert f"| {number} | [{title}]({page.name}) |" in index
        assert page.name.startswith(f"{number}-")


def test_decisions_named_anywhere_exist():
    numbers = {page.name[:3] for page in (DOCS / "decisions").glob("[0-9]*.md")}
    read = [
        path for path in (PROJECT_ROOT / "dbt_project").rglob("*") if path.suffix in (".yml", ".sql", ".md")
    ]
    named = {number for path in read if "target" not in path.parts for number in _decisions(path)}
    assert named <= numbers
    assert named


def _decisions(path: Path) -> list[str]:
    return re.findall(r"decision (\d{3})", path.read_text(encoding="utf-8"))
