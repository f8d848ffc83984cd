"""Finds arithmetic of a measure that a model writes out by hand instead of calling the macro.

Ways to see it, none of them perfect: the macro's expression stands in a model's SQL with any arguments
(only where the expression is telling: a lone count is anybody's); a lone expression stands there with
columns named like the macro's parameters; or something is called like the measure and does not come from the
macro. And a mart divides nothing: a share is a measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2
import sqlglot
from sqlglot import exp

from scripts.metrics.registry import Macro, Registry
from scripts.metrics.rendered import Placeholder, Rendering, dialect_calls

ARGUMENT = "argument__"
# Operators and functions an expression must have to be known by its form alone.
TELLING = 3
COMPARED = 2
ANYBODYS = ("0", "1")
LAYERS = ("intermediate", "marts")
_SHARE = re.compile(r"\b(?:ratio|integer_divide)\(")


@dataclass(frozen=True)
class Pattern:
    """A macro's expression with its parameters left open."""

    macro: str
    expression: exp.Expression

    @property
    def telling(self) -> bool:
        """Two comparisons in a CASE, or operators with a text or number that nobody writes by chance."""
        nodes = list(self.expression.walk())
        if sum(isinstance(node, exp.Func | exp.Binary | exp.Distinct) for node in nodes) < TELLING:
            return False
        if any(isinstance(node, exp.Literal) and node.this not in ANYBODYS for node in nodes):
            return True
        compared = sum(isinstance(node, exp.Predicate | exp.EQ) for node in nodes)
        return isinstance(self.expression, exp.Case) and compared >= COMPARED


def written_out(registry: Registry) -> Iterator[str]:
    """One line a model and measure, `path: what`."""
    dialect = dialect_calls(registry.project)
    patterns = list(_patterns(registry, Rendering(registry.project, dialect)))
    calls = dialect | {pattern.macro: "measure" for pattern in patterns}
    rendering = Rendering(registry.project, calls)
    for layer in LAYERS:
        for path in sorted((registry.project / "models" / layer).rglob("*.sql")):
            place = path.relative_to(registry.project)
            try:
                query = _without_brackets(sqlglot.parse_one(rendering.model(path), dialect="duckdb"))
            except (jinja2.TemplateError, sqlglot.errors.ParseError) as wrong:
                yield f"{place}: cannot be read with its macros as calls: {str(wrong).splitlines()[0]}"
                continue
            for pattern in patterns:
                if _stands_in(pattern, query):
                    yield f"{place}: writes {pattern.macro} out by hand: call the macro"
            yield from _called_alike(registry, path, query)
            if layer == "marts" and _SHARE.search(path.read_text(encoding="utf-8")):
                yield f"{place}: a mart divides: make it a measure's macro"


def _patterns(registry: Registry, rendering: Rendering) -> Iterator[Pattern]:
    """Of every macro of a measure that is one expression; one that writes CTEs is none."""
    for macro in registry.macros:
        if macro.of_measures:
            found = _expression(rendering, macro)
            if found is not None:
                yield Pattern(macro.name, found)


def _expression(rendering: Rendering, macro: Macro) -> exp.Expression | None:
    arguments = [Placeholder(f"{ARGUMENT}{parameter}") for parameter in macro.parameters]
    try:
        sql = rendering.macro(macro.name, arguments)
        query = sqlglot.parse_one(f"select {sql} as found", dialect="duckdb")
    except (TypeError, sqlglot.errors.ParseError):  # it calculates with a list, or writes CTEs
        return None
    (alias,) = query.expressions
    return _without_brackets(alias.this)


def _without_brackets(expression: exp.Expression) -> exp.Expression:
    return expression.transform(lambda node: node.unnest() if isinstance(node, exp.Paren) else node)


def _stands_in(pattern: Pattern, query: exp.Expression) -> bool:
    kind = type(pattern.expression)
    return any(_fits(pattern.expression, node, pattern.telling, {}) for node in query.find_all(kind))


def _fits(pattern: object, node: object, telling: bool, bound: dict[str, str]) -> bool:
    """True where node is the pattern with arguments put in, the same everywhere one stands twice."""
    if isinstance(pattern, exp.Column) and pattern.name.startswith(ARGUMENT):
        return isinstance(node, exp.Expression) and _binds(pattern.name, node, telling, bound)
    if isinstance(pattern, exp.Column) and isinstance(node, exp.Column):
        return pattern.name == node.name
    if isinstance(pattern, exp.Expression) and isinstance(node, exp.Expression):
        keys = {key for part in (pattern, node) for key, value in part.args.items() if value}
        return type(pattern) is type(node) and all(
            _fits(pattern.args.get(key), node.args.get(key), telling, bound) for key in sorted(keys)
        )
    if isinstance(pattern, list) and isinstance(node, list):
        return len(pattern) == len(node) and all(
            _fits(one, other, telling, bound) for one, other in zip(pattern, node, strict=True)
        )
    return str(pattern).lower() == str(node).lower()


def _binds(name: str, node: exp.Expression, telling: bool, bound: dict[str, str]) -> bool:
    if not telling and not (isinstance(node, exp.Column) and ARGUMENT + node.name == name):
        return False
    return bound.setdefault(name, node.sql()) == node.sql()


def _called_alike(registry: Registry, path: Path, query: exp.Expression) -> Iterator[str]:
    """Expressions with a measure's name that neither call its macro nor pass on a column of that name."""
    names = (entry.name for entry in registry.entries if entry.kind == "measure")
    measures = {name: _calls_that_give(registry, name) for name in names}
    plain = {str(column) for column in registry.plain_columns()}
    for alias in query.find_all(exp.Alias):
        name = alias.alias
        if name not in measures or f"{path.stem}.{name}" in plain:
            continue
        columns = {column.name for column in alias.this.find_all(exp.Column)}
        calls = {call.name for call in alias.this.find_all(exp.Anonymous)}
        if columns and name not in columns and not calls & measures[name]:
            place = path.relative_to(registry.project)
            yield f"{place}: {alias.sql()[:80]}: is called {name} and does not call its macro"


def _calls_that_give(registry: Registry, name: str) -> set[str]:
    """The macro itself and those built on it: a best grade is a grade."""
    macros = [macro for macro in registry.macros if macro.of_measures]
    built_on_it = {macro.name for macro in macros if re.search(rf"\b{name}\(", macro.body)}
    return {f"measure_{macro}" for macro in {name} | built_on_it}
