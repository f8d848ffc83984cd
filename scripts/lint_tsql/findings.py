"""From a place in a statement to a line that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokens import Token

from scripts.lint_tsql.rules import RULES, Rule
from scripts.lint_tsql.rules.registry import Place
from scripts.lint_tsql.statement import Statement

EXCERPT = 90
# Of a query as people write it: the adapter ends, fills and converts in its own way around what is compiled.
_OF_QUERIES = frozenset(
    {"from-first", "semicolon", "values", "condition-as-value", "unknown-function", "text-type", "clock"}
)


@dataclass(frozen=True)
class Finding:
    """`line` is a line of the file, or None where the compiled text has no line of its own there."""

    path: str
    line: int | None
    name: str
    rule: Rule
    excerpt: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else f"{self.path} ({self.name})"
        return f"{where}: {self.rule.name}: «{self.excerpt}» {self.rule.why}; write {self.rule.instead}"


def findings(sql: Statement) -> Iterator[Finding]:
    """What every rule finds in one statement, each excerpt once a rule."""
    written = sql.kind == "written"
    for rule in RULES.values():
        if rule.written == written and not (sql.kind == "built" and rule.name in _OF_QUERIES):
            found = (
                Finding(sql.path, _line(sql, place), sql.name, rule, _excerpt(sql, place))
                for place in rule.check(sql)
            )
            yield from dict.fromkeys(found)


def _excerpt(sql: Statement, place: Place) -> str:
    if isinstance(place, Token):
        text = sql.text.splitlines()[place.line - 1]
        text = text[max(0, place.col - len(place.text) - 20) :]
    else:
        text = place.sql("tsql") if isinstance(place, exp.Expr) else place
    text = " ".join(text.split())
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


def _line(sql: Statement, place: Place) -> int | None:
    """The line in the file. A compiled line is looked up in the file's text, which has most of them."""
    at = place.line if isinstance(place, Token) else _first_line(place)
    if at is None:
        return None
    if sql.kind == "written":
        return sql.first_line + at - 1
    compiled = sql.text.splitlines()[at - 1].strip()
    same = [number for number, line in enumerate(sql.written.splitlines(), 1) if line.strip() == compiled]
    return same[0] if same else None


def _first_line(place: Place) -> int | None:
    if not isinstance(place, exp.Expr):
        return None
    return next((node.meta["line"] for node in place.walk() if "line" in node.meta), None)
