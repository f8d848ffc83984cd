"""The conditions of the checks on a live SQL Server: its LEN, its TRANSLATE, its collations."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from expectations.dialects import DIALECTS
from tests.dbt_project.dialect_cases import Ask
from tests.dbt_project.live_sqlserver import EXAMPLE, connected
from tests.expectations.conditions import ADDRESSES, HASHED, LENGTHS, ONLY, PSEUDONYMS, held

# Read while collecting: a test itself sees no WAREHOUSE_ variable.
URL = os.environ.get("WAREHOUSE_TEST_SQLSERVER_URL", "")
DIALECT = DIALECTS["sqlserver"]

if not URL:
    pytest.skip(
        f"live SQL Server: WAREHOUSE_TEST_SQLSERVER_URL names none ({EXAMPLE})", allow_module_level=True
    )


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    with connected(URL) as asking:
        yield asking


def found(ask: Ask, expression: str, text: str | None) -> object:
    given = "null" if text is None else "N'" + text.replace("'", "''") + "'"
    return ask(f"select {expression} as found from (select cast({given} as nvarchar(200)) as txt) as t")


@pytest.mark.parametrize(("text", "expected"), PSEUDONYMS.items())
def test_a_pseudonym(ask, text, expected):
    assert found(ask, held(DIALECT.pseudonym("txt")), text) == expected


@pytest.mark.parametrize(("text", "expected"), ADDRESSES.items())
def test_an_address(ask, text, expected):
    assert found(ask, held(DIALECT.address("txt")), text) == expected


@pytest.mark.parametrize(
    ("signs", "text", "expected"),
    [(signs, text, expected) for signs, cases in ONLY.items() for text, expected in cases.items()],
)
def test_nothing_but_some_signs(ask, signs, text, expected):
    letters, least, most = signs
    assert found(ask, held(DIALECT.only(letters, "txt", least, most)), text) == expected


@pytest.mark.parametrize(("text", "expected"), HASHED.items())
def test_a_hash_in_the_place_of_a_name(ask, text, expected):
    assert found(ask, held(DIALECT.hashed("txt")), text) == expected


@pytest.mark.parametrize(("text", "expected"), LENGTHS.items())
def test_a_length(ask, text, expected):
    assert found(ask, DIALECT.length("txt"), text) == expected
