"""Casts lose nothing, whatever comes: the judge is Python's own Decimal, datetime and codecs."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.landing.tables import REFUSED, in_memory, landed


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        yield opened


def whole(value: str | float) -> Any:
    """What a bigint column may hold of this value."""
    if isinstance(value, str) and not re.fullmatch(r"[+-]?\d+(\.0*)?", value.strip(" "), re.ASCII):
        return REFUSED
    if isinstance(value, float) and not value.is_integer():
        return REFUSED
    number = Decimal(value if isinstance(value, float) else value.strip(" "))
    return int(number) if -(2**63) <= number < 2**63 else REFUSED


def to_the_penny(value: str | float) -> Any:
    """What a decimal(12,2) column may hold; of a double, what its shortest text says."""
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except ArithmeticError:
        return REFUSED
    if not number.is_finite() or abs(number) >= 10**10 or number != round(number, 2):
        return REFUSED
    return round(number, 2)


DIGITS = st.from_regex(r"[+-]?[0-9]{1,20}(\.[0-9]{0,40})?", fullmatch=True)
TRIMMED = st.from_regex(r"-?[0-9]{1,12}\.[0-9]{1,3}0{0,30}", fullmatch=True)
SCIENTIFIC = st.from_regex(r"-?[0-9](\.[0-9]{1,5})?[eE][+-]?[0-9]{1,2}", fullmatch=True)
RUBBISH = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="_"), max_size=8)
DOUBLES = st.one_of(st.floats(allow_nan=False), st.decimals(-(10**9), 10**9, places=3).map(float))


@example(values=["1.000E10", "-1.00E10", "9.99E9"])
@given(st.lists(st.one_of(DIGITS, TRIMMED, SCIENTIFIC, RUBBISH), min_size=1, max_size=30))
def test_numbers_in_text(warehouse, values):
    for got, value in zip(landed(warehouse, "bigint", pa.string(), values), values, strict=True):
        assert got == whole(value) or got == REFUSED, value
        if re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
            assert got == int(value)
    for got, value in zip(landed(warehouse, "decimal", pa.string(), values), values, strict=True):
        assert got in (to_the_penny(value), REFUSED), value
        if "e" not in value.lower() and to_the_penny(value) != REFUSED and value.isascii():
            assert got == to_the_penny(value), value
    for got, value in zip(landed(warehouse, "double", pa.string(), values), values, strict=True):
        assert got == REFUSED or (got == float(value) and math.isfinite(got)), value


@given(st.lists(DOUBLES, min_size=1, max_size=30))
def test_doubles(warehouse, values):
    assert landed(warehouse, "bigint", pa.float64(), values) == [whole(value) for value in values]
    assert landed(warehouse, "decimal", pa.float64(), values) == [to_the_penny(value) for value in values]
    finite = [value if math.isfinite(value) else REFUSED for value in values]
    assert landed(warehouse, "double", pa.float64(), values) == finite


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30))
def test_whole_numbers(warehouse, values):
    assert landed(warehouse, "bigint", pa.int64(), values) == values
    fits = [Decimal(value) if abs(value) < 10**10 else REFUSED for value in values]
    assert landed(warehouse, "decimal", pa.int64(), values) == fits
    exact = [float(value) if int(float(value)) == value else REFUSED for value in values]
    assert landed(warehouse, "double", pa.int64(), values) == exact


TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
WRITTEN = st.one_of(
    TIMES.map(lambda at: at.isoformat(" ")),
    TIMES.map(lambda at: at.isoformat("T", "milliseconds")),
    TIMES.map(lambda at: at.strftime("%Y-%m-%d %H:%M").zfill(16)),
    st.tuples(TIMES, st.sampled_from(["+01:00", "-08", "+0530", "Z", "+00:00", "+00"])).map(
        lambda pair: pair[0].isoformat(" ", "seconds") + pair[1]
    ),
    st.from_regex(r"[0-9]{4}-[0-1][0-9]-[0-3][0-9]( [0-2][0-9]:[0-6][0-9]:[0-6][0-9])?", fullmatch=True),
    st.sampled_from(["infinity", "-infinity", "epoch", "today", "now", "44 BC", "2026-01-02 (BC)"]),
    RUBBISH,
)


def moment(text: str) -> Any:
    """What a timestamp column may hold of this text; other zones than UTC are refused, not guessed at."""
    if re.fullmatch(r"0000-00-00( [0:.]*)?", text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return REFUSED
    if at.tzinfo is not None and at.utcoffset() != datetime.now(UTC).utcoffset():
        return REFUSED
    return at.replace(tzinfo=None)


@given(st.lists(WRITTEN, min_size=1, max_size=30))
def test_times_in_text(warehouse, texts):
    for got, text in zip(landed(warehouse, "timestamp", pa.string(), texts), texts, strict=True):
        if " 24:" in text:  # the last midnight of a day, which Python 3.11 does not read
            continue
        assert got in (moment(text), REFUSED), text
        if re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d(\.\d{6})?)?", text, re.ASCII):
            assert got == moment(text), text
    for got, text in zip(landed(warehouse, "date", pa.string(), texts), texts, strict=True):
        at = moment(text)
        if isinstance(at, datetime):
            assert got == REFUSED or (got == at.date() and at.time() == time()), text
        elif " 24:" not in text:
            assert got in (at, REFUSED), text


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(ANY_TEXT, min_size=1, max_size=30))
def test_text_arrives_to_the_last_character_or_is_too_long(warehouse, values):
    assert landed(warehouse, "text", pa.string(), values) == values
    limited = [value if len(value) <= 10 else REFUSED for value in values]
    assert landed(warehouse, "text", pa.string(), values, length=10) == limited
    assert landed(warehouse, "binary", pa.string(), values) == [value.encode() for value in values]


@given(st.lists(st.one_of(ANY_TEXT.map(str.encode), st.binary(max_size=12)), min_size=1, max_size=30))
def test_bytes_are_text_where_they_are_utf_8_and_as_long_as_text_may_be(warehouse, values):
    def decoded(value: bytes) -> str:
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return REFUSED
        return text if len(text) <= 10 else REFUSED

    assert landed(warehouse, "text", pa.binary(), values, length=10) == [decoded(value) for value in values]
    assert landed(warehouse, "binary", pa.binary(), values) == values
