"""README.md shows what the sample really gives, and stays short."""

from __future__ import annotations

import itertools
import re
import shlex

import pytest

from tests.docs.pages import PROJECT_ROOT, blocks, text

PAGE = PROJECT_ROOT / "README.md"
PSEUDONYM = re.compile(r"(sample:)[0-9a-f]+")


def questions() -> list[tuple[list[str], str]]:
    """Each `warehouse query` as its words, with the answer shown below it."""
    found = blocks(PAGE)
    return [
        (shlex.split(block.text)[1:], shown.text)
        for block, shown in itertools.pairwise(found)
        if block.language == "sh" and "warehouse query" in block.text
    ]


def rows(shown: str) -> list[list[str]]:
    """The cells of a table's rows; keys are each sample's own, so pseudonyms are masked."""
    lines = [line for line in shown.splitlines() if line.startswith(("│", "┃"))]
    return [[PSEUDONYM.sub(r"\1…", cell.strip()) for cell in re.split("[│┃]", line)[1:-1]] for line in lines]


@pytest.mark.parametrize(("words", "shown"), questions(), ids=["lapsed", "enrolled"])
def test_the_answers_are_those_of_the_sample(first, words, shown):
    home, _ = first
    said = home.command(*words)
    assert said.code == 0, said.err
    assert rows(said.out) == rows(shown)
    assert len(rows(shown)) > 3


def test_the_closing_table_is_the_one_of_the_first_run(first):
    _, said = first
    shown = next(block.text for block in blocks(PAGE, "text") if block.text.startswith("Landed"))
    counts = [row[:-1] for row in rows(shown)]
    landed, asked = said.out.split("Asked of each source", 1)
    assert counts == [row[:-1] for row in rows(landed)]
    # the sample has one instance of each platform; packages, exports and dropped files are asked nothing
    assert len(rows(asked)) == len(rows(landed)) - 3
    published = re.compile(r"Published [\d,]+ rows")
    assert published.findall(shown) == published.findall(said.out) != []
    warnings = [line for line in shown.splitlines() if line.startswith("!")]
    assert warnings and set(warnings) <= set(said.out.splitlines())


def test_it_is_short():
    assert len(text(PAGE).splitlines()) < 150


def test_the_folders_it_names_are_there():
    tree = next(block.text for block in blocks(PAGE, "text") if block.first_line.startswith("pipelines/"))
    named = re.findall(r"^(\w+)/ ", tree, re.MULTILINE)
    assert "var" in named
    assert not [name for name in named if name != "var" and not (PROJECT_ROOT / name).is_dir()]
