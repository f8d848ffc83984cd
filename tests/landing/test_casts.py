"""Casts lose nothing, case by case: a value arrives as it was or its row is refused."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.contracts import KINDS
from pipelines.landing.casts import cast_column
from tests.landing.tables import REFUSED, batch_of, classify, column, in_memory, landed, table

NOON = datetime(2026, 1, 2, 12)


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        yield opened


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
    ("timestamp", pa.string(), "-043-03-15", REFUSED),
    ("timestamp", pa.string(), "-043-03-15 00:00:00", REFUSED),
    ("date", pa.string(), "-043-03-15", REFUSED),
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
    pa.null(), pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64(),
    pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.large_binary(),
    pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC"), pa.decimal128(20, 4),
]  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_arriving_type_has_a_cast_and_null_stays_null(warehouse, kind):
    for arrives in ARRIVING:
        assert landed(warehouse, kind, arrives, [None, None]) == [None, None], arrives


def test_bytes_that_were_not_decoded_are_no_text(warehouse):
    cast = cast_column(column("value"), pa.binary(), "raw")
    row = warehouse.rows(f"select {cast.value}, {cast.refused} from (select 'abc'::blob as raw)")
    assert (row, cast.reason) == ([(None, True)], "not_utf8")


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
