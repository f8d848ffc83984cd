"""docs/moodle-walkthrough.md on the tests' own server: the landing and the refusal it shows are real."""

from __future__ import annotations

import secrets
import shlex

import pytest

from tests.docs.pages import DOCS, blocks, text
from tests.docs.test_readme import rows
from tests.end_to_end.homes import Home

PAGE = DOCS / "moodle-walkthrough.md"


@pytest.fixture(scope="module")
def landed(moodle_server, tmp_path_factory):
    """A home with the page's settings after `warehouse land moodle`, and what that said."""
    keys = {f"WAREHOUSE_{name}_KEY": secrets.token_hex(32) for name in ("PSEUDONYM", "SEALING")}
    folder = tmp_path_factory.mktemp("moodle")
    site = {
        "WAREHOUSE_SOURCES__MOODLE__SCHOOL__URL": moodle_server.url("moodle", host="localhost"),
        "WAREHOUSE_SOURCES__MOODLE__SCHOOL__CA_FILE": str(moodle_server.ca_file),
    }
    home = Home(folder, {"WAREHOUSE_HOME": str(folder), **keys, **site})
    assert set(site) <= set(text(PAGE).replace("=", "\n").splitlines()), "the page sets other variables"
    said = home.command("land", "moodle")
    assert said.code == 0, said.everything
    return home, said


def shown_after(words: str) -> tuple[list[str], str]:
    """The command with these words, and the answer the page shows for it."""
    found = blocks(PAGE)
    number = next(number for number, block in enumerate(found) if words in block.text)
    return shlex.split(block_line(found[number].text))[1:], found[number + 1].text


def block_line(block: str) -> str:
    return next(line for line in block.splitlines() if line.startswith(".venv/bin/warehouse"))


def test_the_closing_table_is_as_shown(landed):
    _, said = landed
    _, shown = shown_after("warehouse run moodle")
    landed_table = said.out[: said.out.index("└")]
    assert [row[:-1] for row in rows(landed_table)] == [row[:-1] for row in rows(shown)]


@pytest.mark.parametrize("words", ["from ops.landings", "from staging_moodle.mdl_user"])
def test_operators_questions_have_the_answers_shown(landed, words):
    home, _ = landed
    command, shown = shown_after(words)
    said = home.command(*command)
    assert said.code == 0, said.err
    assert rows(said.out) == rows(shown)


def test_a_primary_is_refused_in_the_words_shown(landed, moodle_server):
    home, _ = landed
    _, shown = shown_after("set global read_only = 0")
    with moodle_server.as_primary():
        said = home.command("land", "moodle")
    assert said.code == 1
    assert said.sentences == [line.removeprefix("✗ ") for line in shown.splitlines()]
