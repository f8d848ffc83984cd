"""The row hash against its description written out for one row: whatever the batch, the same words."""

from __future__ import annotations

import struct
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.landing.row_hash import row_hashes

WHOLE = 2**64
NOTHING = 0xD6E8FEB86659FD93


def stirred(word: int, other: int) -> int:
    word ^= other
    for _ in range(2):
        word = word * 0x9E3779B97F4A7C15 % WHOLE
        word ^= word >> 32
    return word


def word_of(value: Any) -> int:
    """One value, as decision 005 says."""
    if isinstance(value, str | bytes):
        return word_of_text(value.encode() if isinstance(value, str) else value)
    if isinstance(value, Decimal):
        whole = int(value.scaleb(2)) % (WHOLE * WHOLE)
        return stirred(stirred(0, whole % WHOLE), whole // WHOLE)
    if isinstance(value, float):
        return int.from_bytes(struct.pack("<d", value), "little")
    if isinstance(value, datetime):
        value = (value - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    elif isinstance(value, date):
        value = (value - date(1970, 1, 1)).days
    return NOTHING if value is None else value % WHOLE


def word_of_text(text: bytes) -> int:
    word = stirred(0, len(text))
    if len(text) >= 264:
        return stirred(word, int.from_bytes(blake2b(text, digest_size=8).digest(), "little"))
    for start in range(0, len(text) // 8 * 8, 8):
        word = stirred(word, int.from_bytes(text[start : start + 8], "little"))
    return stirred(word, int.from_bytes(text[-8:], "little")) if text else word


def hash_of(values: list[Any]) -> int:
    word = 0
    for value in values:
        word = stirred(word, word_of(value))
    word = stirred(word, len(values))
    return word - WHOLE if word >= WHOLE // 2 else word


TEXT = st.one_of(st.text(max_size=40), st.integers(0, 300).map(lambda size: "aé"[size % 2] * size))
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "text": (pa.string(), TEXT),
    "large": (pa.large_string(), TEXT),
    "bytes": (pa.binary(), st.binary(max_size=20)),
    "number": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "amount": (
        pa.decimal128(30, 2),
        st.integers(-(10**29), 10**29).map(lambda pence: Decimal(pence).scaleb(-2)),
    ),
    "share": (pa.float64(), st.floats(allow_nan=False)),
    "flag": (pa.bool_(), st.booleans()),
    "moment": (pa.timestamp("us"), st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1))),
    "day": (pa.date32(), st.dates()),
}
ROWS = st.lists(st.fixed_dictionaries({name: st.one_of(st.none(), one) for name, (_, one) in KINDS.items()}))


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, (kind, _) in KINDS.items()})


@given(ROWS, st.integers(1, 6), st.integers(0, 3))
def test_a_hash_is_that_of_its_row_alone(rows, times, cut):
    """Repeated rows go another way than rows of their own; slices begin within the memory of others."""
    rows = rows * times
    expected = [hash_of([row[name] for name in KINDS]) for row in rows]
    table = table_of(rows)
    assert row_hashes(table, list(KINDS)).to_pylist() == expected
    assert row_hashes(table.slice(cut), list(KINDS)).to_pylist() == expected[cut:]


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 263, 264, 265, 5_000])
def test_texts_of_any_length_are_told_apart_by_each_of_their_bytes(length):
    texts = ["x" * length, "x" * (length + 1)]
    texts += ["x" * place + "y" + "x" * (length - place - 1) for place in range(min(length, 300))]
    hashes = row_hashes(pa.table({"text": texts}), ["text"]).to_pylist()
    assert hashes == [hash_of([text]) for text in texts]
    assert len(set(hashes)) == len(texts)


def test_amounts_of_either_sign_and_size_are_told_apart():
    whole = [0, 1, -1, 2, -2, 2**63, -(2**63), 2**64, -(2**64), 2**64 + 1, 2**64 - 1, -(2**64) - 1]
    amounts = pa.array([Decimal(pence).scaleb(-2) for pence in whole], pa.decimal128(38, 2))
    hashes = row_hashes(pa.table({"amount": amounts}), ["amount"]).to_pylist()
    assert len(set(hashes)) == len(whole)


def test_a_table_without_rows_or_with_nothing_in_a_column_has_its_hashes():
    empty = table_of([])
    assert row_hashes(empty, list(KINDS)).to_pylist() == []
    nothing = pa.table({"text": pa.nulls(2, pa.string()), "none": pa.nulls(2)})
    assert row_hashes(nothing, ["text", "none"]).to_pylist() == [hash_of([None, None])] * 2


def test_neighbouring_numbers_spread_over_all_bits():
    """A day's fingerprint is a sum of hashes, so one bit of a row must move about half of its hash's."""
    hashes = row_hashes(pa.table({"id": list(range(4_096)), "value": [1] * 4_096}), ["id", "value"])
    words = [word % WHOLE for word in hashes.to_pylist()]
    for bit in range(64):
        assert 1_800 < sum(word >> bit & 1 for word in words) < 2_300
