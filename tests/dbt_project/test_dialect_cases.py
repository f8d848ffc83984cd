"""The dialect macros give on DuckDB what the hand-written table says; no macro is without cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import duckdb
import pytest
import yaml

from scripts.lint_tsql.rules import RULES
from tests.dbt_project.dialect_cases import FAILS, PROJECT, Ask, Case, answer, cases, renderer, same, table

LEAST_CASES = 3
NO_VALUES = {"mart_schema"}  # the name of a schema: test_written_for_sqlserver looks at it
CASES = cases("duckdb")


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """A DuckDB with the session settings of profiles.yml."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    settings = profile["warehouse"]["outputs"]["duckdb"]["settings"]
    with closing(duckdb.connect()) as connection:
        for name, value in settings.items():
            connection.execute(f"set {name} = '{value}'")
        yield lambda sql: _value(connection.execute(sql))


def _value(result: duckdb.DuckDBPyConnection) -> Any:
    row = result.fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_on_duckdb(ask, case: Case):
    found = answer(ask, case, duckdb.Error)
    assert same(found, case.gives), f"{case}\ngives {found!r}, not {case.gives!r}"


def dialect_macros() -> set[str]:
    files = (PROJECT / "macros" / "dialect").glob("*.sql")
    names = {
        name for path in files for name in re.findall(r"macro (\w+)\(", path.read_text(encoding="utf-8"))
    }
    return {name for name in names if "__" not in name}


def test_every_dialect_macro_has_cases():
    written = {macro: len(entries) for macro, entries in table()["macros"].items()}
    few = {name for name in dialect_macros() - NO_VALUES if written.get(name, 0) < LEAST_CASES}
    assert few == set()


def test_a_case_calls_the_macro_it_stands_under():
    for macro, entries in table()["macros"].items():
        strange = [entry for entry in entries if f"{macro}(" not in str(entry)]
        assert strange == [], macro


def test_every_pitfall_is_kept_out_by_a_macro_or_a_rule():
    unknown = {entry["instead"] for entry in table()["pitfalls"]} - dialect_macros() - set(RULES)
    # what is left are headings of docs/portable-sql.md
    assert unknown == {"collation", "contract"}


def test_pitfalls_show_a_difference_but_where_a_setting_takes_it_away():
    alike = [
        entry["about"]
        for entry in table()["pitfalls"]
        if not entry.get("fails")
        and not entry.get("duckdb_fails")
        and same(entry["gives"], entry["duckdb_gives"])
    ]
    assert all(about.startswith(("place of NULL", "the least text in the collation")) for about in alike)


@pytest.mark.parametrize(
    ("found", "expected"), [(3.0, 3), (True, 1), (1, True), ("3", 3), (None, 0), (None, False), ("", None)]
)
def test_another_type_is_another_value(found, expected):
    assert not same(found, expected)


def test_a_statement_that_must_fail_and_does_not_is_seen(ask):
    case = Case("x", (), "select 1", FAILS)
    assert not same(answer(ask, case, duckdb.Error), case.gives)
    with pytest.raises(duckdb.Error):
        answer(ask, Case("x", (), "select nowhere", 1), duckdb.Error)


def test_each_engine_has_its_own_body():
    assert renderer("sqlserver")("{{ integer_divide('a', 'b') }}") == "(a / nullif(b, 0))"
    assert renderer("duckdb")("{{ integer_divide('a', 'b') }}") == "(a // nullif(b, 0))"
