"""The case table of the dialect macros, dialect_cases.yml, made into statements for one engine.

Macros are rendered by Jinja with the three words of dbt that they use, so that hundreds of cases cost no dbt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import yaml

PROJECT = Path(__file__).parents[2] / "dbt_project"
TABLE = Path(__file__).with_name("dialect_cases.yml")
MACRO_FOLDERS = ("dialect", "calendar", "keys")
# Runs a statement and gives the one value of its first row, or None where it has no result.
Ask = Callable[[str], Any]


class Fails:
    """What a statement gives that the engine must refuse."""

    def __repr__(self) -> str:
        return "an error"


FAILS = Fails()


@dataclass(frozen=True)
class Case:
    """`topic` is a macro's name or what a pitfall is about; `before` runs first."""

    topic: str
    before: tuple[str, ...]
    sql: str
    gives: Any

    def __str__(self) -> str:
        return f"{self.topic}: {self.sql}"


def table() -> dict[str, Any]:
    return yaml.safe_load(TABLE.read_text(encoding="utf-8"))


def cases(engine: str) -> list[Case]:
    """Every case of the table for `duckdb` or `sqlserver`."""
    return [*_macro_cases(engine), *_pitfalls(engine)]


def _macro_cases(engine: str) -> Iterator[Case]:
    render = renderer(engine)
    for macro, entries in table()["macros"].items():
        for entry in entries:
            sql = render(_expression(entry))
            source = f" from {entry['from']}" if "from" in entry else ""
            gives = int(entry["gives"]) if "holds" in entry else entry["gives"]
            before = (render(statement) for statement in entry.get("before", []))
            kept = tuple(text for text in before if engine == "sqlserver" or not _of_session(text))
            yield Case(macro, kept, f"select {sql} as found{source}", gives)


def _expression(entry: dict[str, Any]) -> str:
    """A case's SQL with its calls still in Jinja; a condition is no value in T-SQL."""
    if "call" in entry:
        return "{{ " + entry["call"] + " }}"
    if "holds" in entry:
        return "case when {{ " + entry["holds"] + " }} then 1 else 0 end"
    return entry["sql"]


def _pitfalls(engine: str) -> Iterator[Case]:
    words = (
        ("tsql", "gives", "fails") if engine == "sqlserver" else ("duckdb", "duckdb_gives", "duckdb_fails")
    )
    for entry in table()["pitfalls"]:
        before = tuple(text for text in entry.get("before", []) if engine == "sqlserver")
        gives = FAILS if entry.get(words[2]) else entry[words[1]]
        yield Case(entry["about"], before, entry[words[0]], gives)


def _of_session(statement: str) -> bool:
    """A setting of a T-SQL session, which DuckDB has not."""
    return statement.startswith("set ")


@cache
def renderer(engine: str) -> Callable[[str], str]:
    """Turns SQL with calls of the project's macros into the engine's SQL."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    words: dict[str, Any] = {
        "return": lambda value: value,
        "var": variables.__getitem__,
        "u": lambda text: f"{'N' if engine == 'sqlserver' else ''}'{text}'",
        "utc_today": datetime.now(UTC).date().isoformat(),
    }
    files = [path for folder in MACRO_FOLDERS for path in sorted((PROJECT / "macros" / folder).glob("*.sql"))]
    template = environment.from_string("\n".join(path.read_text(encoding="utf-8") for path in files))
    module = template.make_module(words | {"adapter": _Adapter(engine, lambda name: getattr(module, name))})
    macros = {name: getattr(module, name) for name in dir(module) if not name.startswith("_")}
    return lambda sql: environment.from_string(sql).render(words | macros).strip()


@dataclass(frozen=True)
class _Adapter:
    """dbt's `adapter` as far as macros/dialect ask it."""

    engine: str
    macro: Callable[[str], Any]

    def dispatch(self, name: str, package: str) -> Any:
        assert package == "warehouse"
        return self.macro(f"{self.engine}__{name}")


def answer(ask: Ask, case: Case, refusals: type[Exception] | tuple[type[Exception], ...]) -> Any:
    """What the engine gives for a case; `refusals` are the errors by which it refuses a statement."""
    for statement in case.before:
        ask(statement)
    try:
        return ask(case.sql)
    except refusals:
        if case.gives is FAILS:
            return FAILS
        raise


def same(found: Any, expected: Any) -> bool:
    """Equal and of one type: 3 is not 3.0, and 1 is not true."""
    return type(found) is type(expected) and found == expected
