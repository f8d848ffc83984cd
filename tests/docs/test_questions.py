"""docs/questions.md: every question's SQL gives an answer from the sample's published marts."""

from __future__ import annotations

import re

import pytest

from scripts.lint_tsql.findings import findings
from scripts.lint_tsql.statement import Statement
from tests.docs.pages import DOCS, Block, blocks, text

PAGE = DOCS / "questions.md"
QUESTIONS = blocks(PAGE, "sql")
_RELATION = re.compile(r"(?:from|join)\s+(\w+(?:\.\w+)?)")


def test_there_are_ten_questions_and_each_is_asked_in_its_heading():
    assert len(QUESTIONS) >= 10
    assert [block.heading for block in QUESTIONS] == re.findall(r"^### (.+\?)$", text(PAGE), re.MULTILINE)


@pytest.mark.parametrize("block", QUESTIONS, ids=lambda block: block.heading)
def test_the_sql_answers_from_published_marts(first, block: Block):
    home, _ = first
    rows = home.marts(block.text)
    assert rows, "no row: the sample has an answer to every question"
    named = {name for name in _RELATION.findall(block.text) if name != "about"}
    assert {name.split(".")[0] for name in named} <= {"core", "customer_insight", "course_activity"}


def test_opening_and_movements_make_closing_as_the_page_says(first):
    home, _ = first
    block = next(block for block in QUESTIONS if "month by month" in block.heading)
    for _, _, opening, new, expansion, reactivation, contraction, churn, closing in home.marts(block.text):
        assert opening + new + expansion + reactivation - contraction - churn == closing


def test_every_learners_enrolment_is_in_the_answer_about_moodle(first):
    home, _ = first
    block = next(block for block in QUESTIONS if block.heading.startswith("Who is enrolled"))
    count = "select count(*) from course_activity.course_enrolments where platform = 'moodle'"
    enrolled = home.marts(count)[0][0]
    assert len(home.marts(block.text)) == enrolled > 100


def answers() -> dict[str, list[tuple[str, ...]]]:
    """Heading → the rows of the table below its SQL, where there is one."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for section in re.split(r"^### ", text(PAGE), flags=re.MULTILINE)[1:]:
        lines = [line for line in section.splitlines() if line.startswith("|")]
        rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]
        found |= {section.splitlines()[0]: rows} if rows else {}
    return found


@pytest.mark.parametrize("heading", answers())
def test_the_answer_shown_is_the_samples(first, heading):
    home, _ = first
    block = next(block for block in QUESTIONS if block.heading == heading)
    rows = [tuple(map(str, row)) for row in home.marts(block.text)]
    shown = answers()[heading]
    assert rows[: len(shown)] == shown


def test_what_the_page_calls_duckdbs_words_only_is_that():
    """By the rules that need no names of columns; a question has an order and no view is made of it."""
    of_models = {"order-by", "names-resolve", "column-without-name"}
    broken = {
        block.heading
        for block in QUESTIONS
        for finding in findings(Statement("questions.md", block.heading, block.text.strip()))
        if finding.rule.name not in of_models
    }
    # a date plus a number, which the rules see only where they know the types
    broken |= {block.heading for block in QUESTIONS if re.search(r"as date\) [+-] \d", block.text)}
    section = text(PAGE).split("## On SQL Server", 1)[1]

    assert broken == set(re.findall(r"^- (.+\?)$", section, re.MULTILINE))
