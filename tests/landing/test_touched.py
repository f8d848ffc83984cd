"""Touched days: every day whose rows differ from what the last load left, by whatever way, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.landing.touched import record_touched
from pipelines.warehouse.ops import create_ops
from tests.landing.tables import column, in_memory, table

FIRST = date(2026, 1, 1)


@pytest.fixture(scope="module")
def warehouse():
    with in_memory() as opened:
        opened.execute("create schema staging_shop")
        create_ops(opened)
        yield opened


def touched(warehouse, unit: str, rows: Sequence[tuple[int, object, int]], load_id: str) -> list[date | None]:
    """Days after a load that left these rows (id, partition value, hash) in staging."""
    kind = {"epoch_seconds": "bigint"}.get(unit, unit)
    contract = table(column("at", kind), partition_column="at", partition_unit=unit)
    warehouse.execute(
        f'create or replace table staging_shop.things (id bigint, "at" {kind}, _row_hash bigint)'
    )
    if rows:
        warehouse.connection.executemany("insert into staging_shop.things values (?, ?, ?)", rows)
    record_touched(warehouse, "staging_shop", contract, load_id)
    found = warehouse.rows("select partition_date from ops.touched_partitions where load_id = ?", [load_id])
    return [row[0] for row in found]


def fresh(warehouse) -> None:
    for name in ("touched_partitions", "partition_fingerprints"):
        warehouse.execute(f"delete from ops.{name}")


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("epoch_seconds", 1767312000 + 86399),
        ("timestamp", datetime(2026, 1, 2, 23, 59, 59, 999999)),
        ("date", date(2026, 1, 2)),
    ],
)
def test_the_day_of_each_unit_is_the_utc_day(warehouse, unit, value):
    fresh(warehouse)
    assert touched(warehouse, unit, [(1, value, 5), (2, None, 6)], "first") in (
        [date(2026, 1, 2), None],
        [None, date(2026, 1, 2)],
    )


@pytest.mark.parametrize("seconds", [2**63 - 1, -(2**63), 253402300800, -62135596801])
def test_seconds_beyond_the_calendar_are_no_day(warehouse, seconds):
    fresh(warehouse)
    assert touched(warehouse, "epoch_seconds", [(1, seconds, 5)], "first") == [None]


def test_a_table_without_partitions_or_without_a_staging_table_has_no_days(warehouse):
    fresh(warehouse)
    record_touched(warehouse, "staging_shop", table(column("at", "date")), "first")
    partitioned = table(column("at", "date"), partition_column="at", partition_unit="date")
    warehouse.execute("drop table if exists staging_shop.things")
    record_touched(warehouse, "staging_shop", partitioned, "first")
    assert warehouse.rows("select * from ops.touched_partitions") == []


ROWS = st.dictionaries(
    st.integers(1, 6),
    st.tuples(st.one_of(st.none(), st.integers(0, 4)), st.integers(-(2**63), 2**63 - 1)),
    max_size=6,
)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_exactly_the_days_that_differ_are_touched(warehouse, states):
    """Whatever happened between two loads: new, changed, moved and deleted rows, to the last of a day."""
    fresh(warehouse)
    before: Counter = Counter()
    for number, state in enumerate(states):
        rows = [
            (key, None if day is None else FIRST + timedelta(days=day), digest)
            for key, (day, digest) in state.items()
        ]
        now = Counter((day, digest) for _, day, digest in rows)
        found = touched(warehouse, "date", rows, f"load {number}")
        changed = {day for day, _ in (before - now) + (now - before)}
        assert sorted(map(str, found)) == sorted(map(str, changed))
        before = now
