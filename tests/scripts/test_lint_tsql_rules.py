"""Every rule of the T-SQL lint sees what it is for, and nothing in SQL that keeps it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from scripts.lint_tsql.examples import broken_rules
from scripts.lint_tsql.page import ROOMS, rules_as_tables
from scripts.lint_tsql.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "portable-sql.md"
BROKEN = [(rule, text) for rule in RULES.values() for text in rule.broken]
KEPT = [(rule, text) for rule in RULES.values() for text in rule.kept]


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.ERROR, "sqlglot")  # what it cannot parse is what is planted


@pytest.mark.parametrize(("rule", "text"), BROKEN, ids=[f"{rule.name}: {text}" for rule, text in BROKEN])
def test_a_rule_sees_what_breaks_it(rule, text):
    assert rule.name in broken_rules(text, written=rule.written)


@pytest.mark.parametrize(("rule", "text"), KEPT, ids=[f"{rule.name}: {text}" for rule, text in KEPT])
def test_sql_that_keeps_a_rule_breaks_none(rule, text):
    assert broken_rules(text, written=rule.written) == set()


def test_every_rule_has_examples_and_says_why_and_what_instead():
    lacking = [
        rule.name
        for rule in RULES.values()
        if not (rule.broken and rule.kept and len(rule.why) > 20 and len(rule.instead) > 3)
    ]
    assert lacking == []


def test_every_room_of_rules_is_on_the_page():
    rooms = {rule.check.__module__.rsplit(".", 1)[-1] for rule in RULES.values()}
    assert rooms == set(ROOMS)


def test_the_page_has_the_rules_of_the_registry():
    """Written by `python -m scripts.lint_tsql --rules`."""
    assert rules_as_tables() in PAGE.read_text(encoding="utf-8")
