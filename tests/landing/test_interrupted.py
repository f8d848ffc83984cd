"""A landing whose source cuts its reads lands every row once, and its counts still add up."""

from __future__ import annotations

import pytest

from pipelines.sources.replica.sqlite import SqliteReader
from tests.landing.shop import DDL, WINDOW, Shop, counts
from tests.sources.replica.cuts import Cuts, always


@pytest.fixture
def cut(monkeypatch):
    """Makes every reader that is opened from now on cut its n-th statement after so many rows."""

    def cutting(after: dict[int, int]) -> None:
        opened = SqliteReader.guard

        def guard(reader: SqliteReader) -> None:
            opened(reader)
            Cuts(reader, after)

        monkeypatch.setattr(SqliteReader, "guard", guard)

    return cutting


@pytest.fixture
def five(shop: Shop) -> Shop:
    """Things 1 to 5, with a key that pages go by: in SQLite that is INTEGER, not BIGINT."""
    shop.sqlite(key=" primary key", ddl=DDL.replace("id bigint", "id integer"))
    for number in range(1, 6):
        shop.put(number)
    return shop


def test_pages_go_on_and_nothing_is_read_twice(five: Shop, cut, waits):
    five.fetch("page_rows: 2")
    cut({0: 1, 2: 0})
    assert five.landed() == {"mode": "full", "read": 5, "landed": 5, "refused": 0, "deleted": 0}
    assert five.ids() == [1, 2, 3, 4, 5]
    assert waits == [1.0, 1.0]


def test_a_table_without_a_key_to_page_by_is_read_from_the_start(shop: Shop, cut, waits):
    shop.sqlite()
    for number in range(1, 6):
        shop.put(number, price="no number" if number == 2 else "1.50")
    cut({0: 4})
    assert shop.landed() == {
        "mode": "full", "read": 9 - 4 + _classified(shop), "landed": 4, "refused": 1, "deleted": 0,
    } | ({"read_again": _classified(shop)} if _classified(shop) else {})  # fmt: skip
    assert shop.ids() == [1, 3, 4, 5]
    assert waits == [1.0]


def _classified(shop: Shop) -> int:
    """Rows of the first try that had been classified; those of a group not yet full were only read."""
    return sum(row[0] for row in shop.rows("select rows_read - 5 from ops.landings"))


def test_a_source_that_cuts_without_end_flags_the_table_and_keeps_what_landed(five: Shop, cut, waits):
    five.fetch(WINDOW)
    five.landed()
    before = five.staging()
    five.put(1, title="changed")
    cut(always(0))
    outcome = five.land()
    [table] = outcome.tables
    assert "it was cut." in str(table.error)
    assert five.staging() == before


def test_a_window_whose_first_statement_is_cut_begins_anew(five: Shop, cut, waits):
    five.fetch(WINDOW)
    five.landed()
    five.later()
    five.put(2, title="changed")
    cut({0: 0})
    done = counts(five.land())
    assert (done["mode"], done["landed"]) == ("window", 1)
    assert waits == [1.0]


def test_a_sweep_that_is_cut_deletes_what_went_and_nothing_else(five: Shop, cut, waits):
    five.fetch(WINDOW)
    five.landed()
    five.sql("delete from s_things where id = 4")
    five.given["sweep"] = "always"
    five.later()
    cut({2: 2, 3: 1})
    assert counts(five.land())["deleted"] == 1
    assert five.ids() == [1, 2, 3, 5]
    assert len(waits) == 2
