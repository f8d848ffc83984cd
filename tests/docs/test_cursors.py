"""docs/cursors.md shows the matrix that tests/landing/test_cursor_matrix.py proves on real replicas."""

from __future__ import annotations

import csv

from tests.docs.pages import DOCS, PROJECT_ROOT, text

MATRIX = PROJECT_ROOT / "tests" / "landing" / "cursor_matrix.csv"


def lines() -> list[dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as reviewed:
        return list(csv.DictReader(reviewed))


def table(corner: str, rows: dict[str, list[str]], columns: list[str]) -> str:
    drawn = [f"| {corner} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    drawn += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(drawn) + "\n"


def strategies() -> list[str]:
    return list(dict.fromkeys(line["strategy"] for line in lines()))


def what_is_seen() -> str:
    rows: dict[str, list[str]] = {}
    for line in lines():
        if not line["change"].startswith("("):
            rows.setdefault(line["change"], []).append(line["seen"])
    return table("change", rows, strategies())


def what_it_costs() -> str:
    """Strategies down, kinds of run across: rows read, and keys read where there were any."""
    rows: dict[str, list[str]] = {name: [] for name in strategies()}
    for line in lines():
        if line["change"].startswith("("):
            keys = f" + {line['keys_read']} keys" if line["keys_read"] != "0" else ""
            rows[line["strategy"]].append(line["rows_read"] + keys)
    kinds = dict.fromkeys(line["change"].strip("()") for line in lines() if line["change"].startswith("("))
    return table("strategy", rows, list(kinds))


def test_the_page_shows_the_reviewed_matrix():
    assert what_is_seen() in text(DOCS / "cursors.md")


def test_the_page_shows_what_runs_cost():
    assert what_it_costs() in text(DOCS / "cursors.md")


def test_every_change_and_strategy_is_explained():
    page = text(DOCS / "cursors.md")
    named = {line[name] for line in lines() for name in ("change", "strategy")}
    assert not [name for name in named if f"**{name}**" not in page and not name.startswith("(")]
