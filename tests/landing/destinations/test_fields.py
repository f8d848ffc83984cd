"""What a chunk must be to be sent: exactly the table's columns in its types; what is not is one sentence."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.errors import LandingError
from pipelines.landing.destinations.sqlserver.batches import ROWS, json_batches
from pipelines.landing.destinations.sqlserver.fields import fitting
from tests.landing.destinations.edge import fields

MOMENT = datetime(2026, 2, 28, 23, 59, 59, 123_456)
SECOND = MOMENT.replace(microsecond=0)


@pytest.mark.parametrize(
    ("kind", "values", "lands"),
    [
        ("bigint", pa.array([1, None, -(2**31)], pa.int32()), [1, None, -(2**31)]),
        ("bigint", pa.array([2**63 - 1], pa.uint64()), [2**63 - 1]),
        ("text", pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        ("text(3)", pa.array(["🧀x", "ß水é"]), ["🧀x", "ß水é"]),
        ("text", pa.array(["x"], pa.large_string()), ["x"]),
        ("text", pa.nulls(2), [None, None]),
        ("decimal(12,4)", pa.array([Decimal("1.50")], pa.decimal128(5, 2)), [Decimal("1.5000")]),
        ("timestamp", pa.array([SECOND], pa.timestamp("s")), [SECOND]),
        ("timestamp", pa.array([MOMENT.replace(tzinfo=UTC)], pa.timestamp("us", "Asia/Kolkata")), [MOMENT]),
        ("double", pa.array([0.1, None, -1e308]), [0.1, None, -1e308]),
        ("date", pa.array([date(1, 1, 1), date(9999, 12, 31)]), [date(1, 1, 1), date(9999, 12, 31)]),
        ("binary", pa.array([b"\x00\xff"], pa.large_binary()), [b"\x00\xff"]),
    ],
)  # fmt: skip
def test_what_fits_lands_as_it_is(kind, values, lands):
    [field] = fields(x=kind)
    fitted = fitting(pa.table({"x": values}), [field], "shop.things")
    assert fitted.schema == pa.schema([("x", field.arrow)])
    assert fitted["x"].to_pylist() == lands


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("bigint", pa.array([2**63], pa.uint64()), "values that are no bigint"),
        ("bigint", pa.array(["Quillfeather"]), "values that are no bigint"),
        ("text(3)", pa.array(["fits", "too", "🧀🧀"]), "its 3 UTF-16 units (rows of one chunk: 2)"),
        ("decimal(5,2)", pa.array([Decimal("1.005")], pa.decimal128(9, 3)), "no decimal(5, 2)"),
        ("double", pa.array([float("nan"), float("inf"), 1.0]), "NaN or infinity"),
        ("timestamp", pa.array([2**62], pa.timestamp("us")), "times outside the years 1 to 9999"),
        ("timestamp", pa.array([1], pa.timestamp("ns")), "values that are no datetime2(6)"),
        ("date", pa.array([10**7], pa.date32()), "times outside the years 1 to 9999"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_table_and_column_only(kind, values, said):
    [field] = fields(wide=kind)
    with pytest.raises(LandingError) as refused:
        fitting(pa.table({"wide": values}), [field], "staging_shop.things")
    assert str(refused.value).startswith(f"staging_shop.things: the column wide ({field.type}) holds ")
    assert said in str(refused.value)
    assert "Quillfeather" not in str(refused.value)


def test_columns_come_in_the_tables_order_and_those_that_lack_are_null():
    fitted = fitting(
        pa.table({"b": [1], "a": ["x"], "undeclared": [0]}), fields(a="text", b="bigint", gone="bool"), "t"
    )
    assert fitted.to_pylist() == [{"a": "x", "b": 1, "gone": None}]


def test_a_batch_is_json_that_loses_no_digit():
    listed = fields(
        n="decimal(38,9)", i="bigint", f="double", t="timestamp", d="date", b="binary", y="bool", w="text"
    )
    row = {
        "n": Decimal("12345678901234567890123456789.123456789"), "i": 2**63 - 1, "f": 5e-324, "t": MOMENT,
        "d": date(2026, 2, 28), "b": b"\x00\xff", "y": False, "w": 'a "quoted" 🧀\n\x00',
    }  # fmt: skip
    chunk = pa.Table.from_pylist([row, {}], schema=pa.schema([(one.name, one.arrow) for one in listed]))
    [batch] = json_batches(chunk, listed)
    first, second = json.loads(batch)
    assert first == {
        "c0": "12345678901234567890123456789.123456789", "c1": 2**63 - 1, "c2": 5e-324,
        "c3": "2026-02-28T23:59:59.123456", "c4": "2026-02-28", "c5": "00ff", "c6": False, "c7": row["w"],
    }  # fmt: skip
    assert second == {}


def test_wide_rows_come_in_smaller_batches():
    [field] = fields(w="text")
    chunk = pa.table({"w": ["x" * 100_000] * 300})
    batches = list(json_batches(chunk, [field]))
    assert len(batches) == 4
    assert sum(len(json.loads(batch)) for batch in batches) == 300
    assert len(list(json_batches(pa.table({"w": ["x"] * (ROWS + 1)}), [field]))) == 2
