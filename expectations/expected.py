"""What is expected of a relation, before Great Expectations is loaded."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from expectations.queries import for_great_expectations

UNEXPECTED_ROWS = "unexpected_rows_expectation"
ONE_ROW_OF_COUNTS, ROWS_OF_COLUMNS = "counts", "columns"


@dataclass(frozen=True)
class Expected:
    """One expectation. `expect` is its name in Great Expectations, `name` the one in results.

    `bundle` says how the rows of a bundled query name columns: one row of counts, or a row for each
    column. `needs` are columns without which it cannot be asked.
    """

    name: str
    severity: str
    advice: str
    expect: str
    arguments: Mapping[str, Any]
    column: str | None = None
    needs: tuple[str, ...] = ()
    bundle: str | None = None
    covers: str | None = None
    load_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suite:
    """All that is expected of one relation, `<schema>.<table>`; `place` is where it is read, if elsewhere."""

    relation: str
    expected: tuple[Expected, ...] = field(default=())
    place: str = ""

    @property
    def schema(self) -> str:
        return (self.place or self.relation).split(".", 1)[0]

    @property
    def table(self) -> str:
        return (self.place or self.relation).split(".", 1)[1]


def in_words(columns: Collection[str]) -> str:
    """How many columns a bundled expectation covers, as results say it."""
    return "1 column" if len(columns) == 1 else f"{len(columns)} columns"


def no_rows(name: str, severity: str, advice: str, sql: str, **more: Any) -> Expected:
    """An expectation that a query finds nothing."""
    arguments = {"unexpected_rows_query": for_great_expectations(sql)}
    return Expected(name, severity, advice, UNEXPECTED_ROWS, arguments, **more)
