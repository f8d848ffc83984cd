"""Each rule of the size check finds a planted violation, and says nothing about a file in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.lint_sizes import findings


def lint(path: Path, text: str) -> list[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [finding.removeprefix(f"{path}:") for finding in findings(path)]


def function_of(lines: int) -> str:
    return "def long_one():\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.py", function_of(60)),
        ("b.py", "x = 1\n" * 300),
        ("c.sql", "select 1\n" * 120),
        ("commonly.py", "x = 1\n"),
        ("big.csv", "1\n" * 5000),
    ],
)
def test_at_the_limit_is_in_order(tmp_path, name, text):
    assert lint(tmp_path / name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", function_of(61), "1: long_one has 61 lines, at most 60"),
        ("b.py", "x = 1\n" * 301, "301: 301 lines, at most 300: split by what the parts do"),
        ("c.sql", "select 1\n" * 121, "121: 121 lines, at most 120: split by what the parts do"),
        ("helpers.py", "x = 1\n", "1: 'helpers' tells nobody what lives there: name it by its job"),
        ("common/a.yml", "x: 1\n", "1: 'common' tells nobody what lives there: name it by its job"),
        ("d.md", "one\n" + "TO" + "DO later\n", "2: a note to self: do it, or open an issue"),
    ],
)
def test_past_the_limit_is_found(tmp_path, name, text, expected):
    assert lint(tmp_path / name, text) == [expected]
