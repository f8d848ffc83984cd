"""A rule: a small function, its name and reason, what to write instead, SQL that breaks and keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp
from sqlglot.tokens import Token

from scripts.lint_tsql.statement import Statement

Place: TypeAlias = exp.Expr | Token | str
Check = Callable[[Statement], Iterable[Place]]


@dataclass(frozen=True)
class Rule:
    """`check` yields the places of a compiled statement that break the rule.

    `broken` and `kept` are compiled statements over the columns of `examples.COLUMNS`: each of the first must
    be found by this rule, none of the second by any.
    """

    name: str
    why: str
    instead: str
    broken: tuple[str, ...]
    kept: tuple[str, ...]
    check: Check
    # seen in the file as it is written, not in what is compiled from it
    written: bool = False


RULES: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    why: str,
    instead: str,
    broken: str | tuple[str, ...],
    kept: str | tuple[str, ...],
    written: bool = False,
) -> Callable[[Check], Check]:
    """Enters the function below into the registry."""

    def enter(check: Check) -> Check:
        if name in RULES:
            raise ValueError(f"two rules are called {name}")
        RULES[name] = Rule(name, why, instead, _several(broken), _several(kept), check, written)
        return check

    return enter


def _several(examples: str | tuple[str, ...]) -> tuple[str, ...]:
    return (examples,) if isinstance(examples, str) else examples
