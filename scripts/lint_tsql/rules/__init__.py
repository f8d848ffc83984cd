"""Every rule. Importing a room of rules enters them into the registry."""

from scripts.lint_tsql.rules import (
    functions,
    meaning,
    queries,
    reading,
    types,
    values,
    windows,
    words,
    written,
)
from scripts.lint_tsql.rules.registry import RULES, Rule

__all__ = [
    "RULES", "Rule", "functions", "meaning", "queries", "reading", "types", "values", "windows",
    "words", "written",
]  # fmt: skip
