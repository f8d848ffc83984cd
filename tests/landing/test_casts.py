"""Casts lose nothing: a value arrives as it was or its row is refused. The judge is Python's own arithmetic."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.contracts import KINDS
from pipelines.landing.casts import cast_column
from tests.landing.tables import batch_of, classify, column, in_memory, table

REFUSED = "refused"
NOON = datetime(2026, 1, 2, 12)


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        yield opened


def landed(warehouse, kind: str, arrives: pa.DataType, values: list[Any], **more: Any) -> list[Any]:
    """What each value became, REFUSED where its row was; every row is one or the other, none is both."""
    done = classify(warehouse, table(column("value", kind, **more)), batch_of(arrives, values))
    result: dict[int, Any] = dict(
        zip(done.landed["id"].to_pylist(), done.landed["value"].to_pylist(), strict=True)
    )
    for refused in done.refused:
        assert refused.position not in result
        assert refused.column == "value"
        result[refused.position] = REFUSED
    return [result[position] for position in range(len(values))]


CASES = [
    ("bigint", pa.int8(), -5, -5),
    ("bigint", pa.uint64(), 2**63 - 1, 2**63 - 1),
    ("bigint", pa.uint64(), 2**63, REFUSED),
    ("bigint", pa.bool_(), True, 1),
    ("bigint", pa.string(), "-9223372036854775808", -(2**63)),
    ("bigint", pa.string(), "9223372036854775808", REFUSED),
    ("bigint", pa.string(), " 12 ", 12),
    ("bigint", pa.string(), "12.000", 12),
    ("bigint", pa.string(), "12.7", REFUSED),
    ("bigint", pa.string(), "0.0000001", REFUSED),
    ("bigint", pa.string(), "1e-7", REFUSED),
    ("bigint", pa.string(), "0x1F", REFUSED),
    ("bigint", pa.string(), "1_000", REFUSED),
    ("bigint", pa.string(), "twelve", REFUSED),
    ("bigint", pa.string(), "", REFUSED),
    ("bigint", pa.float64(), 3.0, 3),
    ("bigint", pa.float64(), 3.5, REFUSED),
    ("bigint", pa.float64(), 1e-7, REFUSED),
    ("bigint", pa.float64(), 2.0**63, REFUSED),
    ("bigint", pa.float64(), math.nan, REFUSED),
    ("bigint", pa.float64(), math.inf, REFUSED),
    ("bigint", pa.decimal128(10, 2), Decimal("7.00"), 7),
    ("bigint", pa.decimal128(10, 2), Decimal("7.50"), REFUSED),
    ("bigint", pa.timestamp("us"), NOON, REFUSED),
    ("double", pa.float64(), 0.1, 0.1),
    ("double", pa.float32(), 0.5, 0.5),
    ("double", pa.string(), "0.1", 0.1),
    ("double", pa.string(), "1e999", REFUSED),
    ("double", pa.string(), "nan", REFUSED),
    ("double", pa.string(), "ten", REFUSED),
    ("double", pa.int64(), 2**53, float(2**53)),
    ("double", pa.int64(), 2**53 + 1, REFUSED),
    ("double", pa.uint64(), 2**64 - 1, REFUSED),
    ("double", pa.date32(), date(2026, 1, 1), REFUSED),
    ("decimal", pa.string(), "10.50", Decimal("10.50")),
    ("decimal", pa.string(), "10.500000", Decimal("10.50")),
    ("decimal", pa.string(), "10.505", REFUSED),
    ("decimal", pa.string(), "10.500000000000000000000000000000000000001", REFUSED),
    ("decimal", pa.string(), "9999999999.99", Decimal("9999999999.99")),
    ("decimal", pa.string(), "10000000000.00", REFUSED),
    ("decimal", pa.string(), "1.5e1", Decimal("15.00")),
    ("decimal", pa.string(), "1e-30", REFUSED),
    ("decimal", pa.string(), "1.00000000000000000000000001e0", REFUSED),
    ("decimal", pa.string(), "5.", Decimal("5.00")),
    ("decimal", pa.string(), "a lot", REFUSED),
    ("decimal", pa.float64(), 0.1, Decimal("0.10")),
    ("decimal", pa.float64(), 0.1 + 0.2, REFUSED),
    ("decimal", pa.float64(), 1e-30, REFUSED),
    ("decimal", pa.float64(), math.inf, REFUSED),
    ("decimal", pa.int64(), 12, Decimal("12.00")),
    ("decimal", pa.int64(), 10**10, REFUSED),
    ("bool", pa.int8(), 1, True),
    ("bool", pa.uint64(), 0, False),
    ("bool", pa.int64(), 2, REFUSED),
    ("bool", pa.bool_(), False, False),
    ("bool", pa.string(), "TRUE", True),
    ("bool", pa.string(), "yes", REFUSED),
    ("bool", pa.float64(), 1.0, REFUSED),
    ("timestamp", pa.string(), "2026-01-02 12:00:00", NOON),
    ("timestamp", pa.string(), "2026-01-02T12:00", NOON),
    ("timestamp", pa.string(), "2026-01-02 12:00:00Z", NOON),
    ("timestamp", pa.string(), "2026-01-02 12:00:00.123456", NOON.replace(microsecond=123456)),
    ("timestamp", pa.string(), "2026-01-02 12:00:00.1234567", REFUSED),
    ("timestamp", pa.string(), "2026-01-02", datetime(2026, 1, 2)),
    ("timestamp", pa.string(), "2026-01-02 12:00:00+02:00", REFUSED),
    ("timestamp", pa.string(), "2026-01-02 12:00+02", REFUSED),
    ("timestamp", pa.string(), "2026-01-02 12:00:00.123+02", REFUSED),
    ("timestamp", pa.string(), "2026-02-30 12:00:00", REFUSED),
    ("timestamp", pa.string(), "2026-01-02 12:00:61", REFUSED),
    ("timestamp", pa.string(), "2020-00-00 00:00:00", REFUSED),
    ("timestamp", pa.string(), "0000-00-00 12:30:00", REFUSED),
    ("timestamp", pa.string(), "0000-05-01 00:00:00", REFUSED),
    ("timestamp", pa.string(), "epoch", REFUSED),
    ("timestamp", pa.string(), "infinity", REFUSED),
    ("timestamp", pa.string(), "10000-01-01 00:00:00", REFUSED),
    ("timestamp", pa.string(), "soon", REFUSED),
    ("timestamp", pa.int64(), 1767355200, REFUSED),
    ("timestamp", pa.timestamp("us"), NOON, NOON),
    ("timestamp", pa.timestamp("us", "UTC"), NOON.replace(tzinfo=UTC), NOON),
    ("timestamp", pa.date32(), date(2026, 1, 2), datetime(2026, 1, 2)),
    ("date", pa.string(), "2026-01-02", date(2026, 1, 2)),
    ("date", pa.string(), "2026-01-02 00:00:00", date(2026, 1, 2)),
    ("date", pa.string(), "2026-01-02 12:00:00", REFUSED),
    ("date", pa.string(), "2026-01-02 Europe/London", REFUSED),
    ("date", pa.string(), "02/01/2026", REFUSED),
    ("date", pa.timestamp("us"), datetime(2026, 1, 2), date(2026, 1, 2)),
    ("date", pa.timestamp("us"), NOON, REFUSED),
    ("date", pa.date32(), date(2026, 1, 2), date(2026, 1, 2)),
    ("text", pa.string(), "a\x00b", "a\x00b"),
    ("text", pa.string(), "🏫 Åse", "🏫 Åse"),
    ("text", pa.large_string(), "long", "long"),
    ("text", pa.int64(), 12, "12"),
    ("text", pa.binary(), "Åse".encode(), "Åse"),
    ("text", pa.binary(), b"\xff\xfe", REFUSED),
    ("json", pa.string(), '{"a": 1}', '{"a": 1}'),
    ("binary", pa.binary(), b"\x00\xff", b"\x00\xff"),
    ("binary", pa.string(), "\\x41é", "\\x41é".encode()),
    ("binary", pa.int64(), 65, b"65"),
    ("bigint", pa.binary(), b"12", 12),
    ("timestamp", pa.binary(), b"2026-01-02 12:00:00", NOON),
]


@pytest.mark.parametrize(("kind", "arrives", "value", "expected"), CASES, ids=lambda part: str(part)[:40])
def test_a_value_arrives_unchanged_or_its_row_is_refused(warehouse, kind, arrives, value, expected):
    assert landed(warehouse, kind, arrives, [value, None]) == [expected, None]


ARRIVING = [
    pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64(), pa.float32(),
    pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.large_binary(), pa.date32(), pa.timestamp("us"),
    pa.timestamp("us", "UTC"), pa.decimal128(20, 4),
]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_arriving_type_has_a_cast_and_null_stays_null(warehouse, kind):
    for arrives in ARRIVING:
        assert landed(warehouse, kind, arrives, [None, None]) == [None, None], arrives


def test_bytes_that_were_not_decoded_are_no_text(warehouse):
    cast = cast_column(column("value"), pa.binary(), "raw")
    [(value, refused)] = warehouse.rows(f"select {cast.value}, {cast.refused} from (select 'abc'::blob as raw)")
    assert (value, refused, cast.reason) == (None, True, "not_utf8")


# ---------------------------------------------------------------- properties


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
    assert landed(warehouse, "double", pa.float64(), values) == values


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


# ---------------------------------------------------------------- zero dates


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_zero_dates_become_null_and_are_counted_where_null_is_allowed(warehouse, kind):
    contract = table(column("value", kind))
    values = ["0000-00-00 00:00:00", "0000-00-00", "2026-01-02", None]
    done = classify(warehouse, contract, batch_of(pa.string(), values))
    assert done.repairs == {("value", "zero_date"): 2}
    assert [value is None for value in done.landed["value"].to_pylist()] == [True, True, False, True]


@pytest.mark.parametrize("kind", ["date", "timestamp"])
def test_a_zero_date_is_refused_where_null_is_not_allowed(warehouse, kind):
    contract = table(column("value", kind, nullable=False))
    done = classify(warehouse, contract, batch_of(pa.string(), ["0000-00-00 00:00:00", "2026-01-02"]))
    assert [(refused.position, refused.reason) for refused in done.refused] == [(0, f"not_a_{kind}")]
    assert not done.repairs
