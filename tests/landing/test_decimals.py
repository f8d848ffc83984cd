"""Decimals that arrive as text: the short way through Arrow answers as the long way through SQL does."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import Condition
from pipelines.landing.decimals import with_decimals
from tests.landing.tables import REFUSED, column, in_memory, landed, table

MONEY: dict[str, Any] = {"precision": 12, "scale": 2}
PLAIN = st.from_regex(r"[+-]?[0-9]{1,10}(\.[0-9]{1,2}0{0,20})?", fullmatch=True)


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        yield opened


def arrives(texts: list[str | None], *more) -> pa.DataType:
    of = table(column("amount", "decimal", source_type="numeric", **MONEY), *more)
    batch = pa.table({"amount": pa.array(texts, pa.string())})
    return with_decimals(batch, of).schema.field("amount").type


def test_texts_that_fit_are_decimals_and_any_other_leaves_the_column_as_it_came():
    fitting = ["1.10", "-0.5", "1.5000000", None, "9999999999.99"]
    assert arrives(fitting) == pa.decimal128(12, 2)
    for other in ("1.105", "10000000000", "NaN", "Infinity", "", " 1", "1e5", "1E-1", "twelve", "0x10"):
        assert arrives([*fitting, other]) == pa.string(), other
    assert arrives([None]) == pa.string()


def test_a_text_that_is_looked_at_stays_the_text_it_is():
    gone = column("name", blank_when=Condition("amount", "1"))
    assert arrives(["1", "2"], gone) == pa.string()
    assert arrives(["1", "2"], column("band", derive="name_too_long", derived_from="amount")) == pa.string()


@given(st.lists(PLAIN, min_size=1, max_size=30))
def test_both_ways_land_the_same(warehouse, texts):
    short = landed(warehouse, "decimal", pa.string(), texts)
    long = landed(warehouse, "decimal", pa.string(), [*texts, "none of it"])[:-1]
    assert short == long
    assert short == [Decimal(text) for text in texts]


def test_a_decimal_with_more_room_than_the_contract_is_checked_value_by_value(warehouse):
    values = [Decimal("1.10"), Decimal("1.105"), Decimal("12345678901")]
    assert landed(warehouse, "decimal", pa.decimal128(20, 5), values) == [values[0], REFUSED, REFUSED]


def test_what_is_no_number_is_refused_in_a_double(warehouse):
    values = [0.5, float("nan"), float("inf"), float("-inf"), None]
    assert landed(warehouse, "double", pa.float64(), values) == [0.5, REFUSED, REFUSED, REFUSED, None]
