"""The rules as the table of docs/portable-sql.md, which a test compares with the registry."""

from __future__ import annotations

from scripts.lint_tsql.rules import RULES, Rule

ROOMS = {
    "reading": "Reading the statement",
    "words": "Words and signs",
    "queries": "Queries",
    "windows": "Windows and aggregates",
    "values": "Truth values",
    "functions": "Functions",
    "types": "Types",
    "meaning": "Values of another type",
    "written": "What belongs into a dialect macro",
}


def rules_as_tables() -> str:
    """One table a room of rules, in Markdown."""
    return "\n".join(_table(room, title) for room, title in ROOMS.items())


def _table(room: str, title: str) -> str:
    rules = [rule for rule in RULES.values() if rule.check.__module__.endswith(f".{room}")]
    return f"### {title}\n\n| rule | why | write |\n|---|---|---|\n" + "".join(_row(rule) for rule in rules)


def _row(rule: Rule) -> str:
    cells = (f"`{rule.name}`", rule.why, rule.instead)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
