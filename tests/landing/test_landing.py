"""One table, landed again and again: what changed lands, what did not is filtered, what went is deleted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipelines.contracts import META_COLUMNS
from pipelines.errors import TooManyDeletes
from pipelines.sources.replica import sweep_keys
from tests.landing.shop import BUSINESS, CONTRACT, WINDOW, day, epoch

FIVE = {"mode": "full", "read": 5, "refused": 0, "deleted": 0}


def test_a_first_landing_brings_every_row_as_it_is(stocked):
    assert stocked.landed() == FIVE | {"landed": 5}
    instance, number, title, price, email, on, made, _ = stocked.staging()[0]
    assert (instance, number, title, price, on) == ("main", 1, "thing 1", Decimal("1.50"), date(2026, 1, 2))
    assert email.startswith("k1:")
    assert str(day(1)) in stocked.touched()
    assert made == epoch(stocked.clock) - 86400
    assert stocked.warehouse.columns("staging_shop", "s_things") == [*BUSINESS, *META_COLUMNS]


@pytest.mark.parametrize("fetch", ["", WINDOW])
def test_unchanged_rows_are_filtered_changed_ones_land_and_new_ones_too(stocked, fetch):
    stocked.fetch(fetch)
    stocked.landed()
    stocked.later()
    stocked.put(2, title="another title")
    stocked.put(9)
    again = stocked.landed()
    # all five were changed within the window's overlap, so they are read again either way
    assert again == FIVE | {"mode": "window" if fetch else "full", "read": 6, "unchanged": 4, "landed": 2}
    assert [(row[1], row[2]) for row in stocked.staging()][1] == (2, "another title")
    assert stocked.ids() == [1, 2, 3, 4, 5, 9]
    assert stocked.touched() == sorted([day(2), day(9)])


def test_an_unchanged_reread_touches_nothing(stocked):
    stocked.landed()
    before = stocked.rows("select _dlt_load_id, _row_hash from staging_shop.s_things order by all")
    assert stocked.landed() == FIVE | {"landed": 0, "unchanged": 5}
    assert stocked.rows("select _dlt_load_id, _row_hash from staging_shop.s_things order by all") == before
    assert stocked.touched() == []


def test_a_row_that_went_is_deleted_by_full_compare(stocked):
    stocked.landed()
    stocked.sql("delete from s_things where id = 3")
    assert stocked.landed() == FIVE | {"read": 4, "landed": 0, "deleted": 1, "unchanged": 4}
    assert stocked.ids() == [1, 2, 4, 5]
    # the only row of its day: an emptied day is touched
    assert stocked.touched() == [day(3)]


def test_in_a_window_only_a_sweep_sees_that_a_row_went(stocked):
    stocked.fetch(WINDOW)
    stocked.landed()
    stocked.sql("delete from s_things where id in (2, 3)")
    stocked.later()
    assert stocked.landed()["deleted"] == 0
    assert stocked.ids() == [1, 2, 3, 4, 5]
    stocked.given["sweep"] = "always"
    stocked.later()
    stocked.put(7)
    swept = stocked.landed()
    assert (swept["mode"], swept["deleted"], swept["landed"]) == ("window", 2, 1)
    assert stocked.ids() == [1, 4, 5, 7]
    assert stocked.touched() == sorted([day(2), day(3), day(7)])


def test_a_row_that_moves_to_another_day_touches_the_old_and_the_new(five):
    five.landed()
    five.sql("update s_things set made = ? where id = 2", epoch(five.clock) - 20 * 86400)
    assert five.landed() == FIVE | {"landed": 1, "unchanged": 4}
    assert five.touched() == sorted([day(2), day(20)])


def test_a_row_whose_day_becomes_unknown_touches_both(five):
    five.landed()
    five.sql("update s_things set made = null where id = 2")
    five.landed()
    assert five.touched() == [day(2), "None"]


def test_a_day_beyond_all_calendars_does_not_stop_a_landing(five):
    """Milliseconds where seconds were declared, as one client's clock writes them."""
    five.put(6, made=epoch(five.clock) * 1000)
    five.put(7, made=2**62)
    assert five.landed()["landed"] == 7
    assert five.touched() == sorted([*map(day, range(1, 6)), "None"])


def test_an_empty_table_lands_as_an_empty_table_and_is_filled_later(stocked):
    stocked.sql("delete from s_things")
    assert stocked.landed() == FIVE | {"read": 0, "landed": 0}
    assert stocked.warehouse.columns("staging_shop", "s_things") == [*BUSINESS, *META_COLUMNS]
    assert stocked.landed() == FIVE | {"read": 0, "landed": 0}
    stocked.put(1)
    assert stocked.landed() == FIVE | {"read": 1, "landed": 1}
    assert stocked.ids() == [1]


def test_a_table_that_is_emptied_and_filled_again(five):
    five.landed()
    five.sql("delete from s_things")
    assert five.landed() == FIVE | {"read": 0, "landed": 0, "deleted": 5}
    assert five.ids() == []
    five.put(3)
    assert five.landed() == FIVE | {"read": 1, "landed": 1}
    assert five.ids() == [3]


# ---------------------------------------------------------------- circuit breaker


@pytest.mark.parametrize("fetch", ["", WINDOW])
def test_too_many_deletes_stop_with_the_numbers_and_delete_nothing(stocked, fetch):
    stocked.fetch(fetch)
    stocked.given |= {"max_delete_rows": 2, "max_delete_share": 0.5, "sweep": "always"}
    stocked.landed()
    stocked.sql("delete from s_things where id > 2")
    [table] = stocked.land().tables
    assert type(table.error) is TooManyDeletes
    assert str(table.error) == (
        "shop/main: s_things: 3 of 5 known rows are missing at the source, more than 50% and than 2 rows; "
        "nothing was deleted. If the source is right, run once with WAREHOUSE_MAX_DELETE_SHARE=1."
    )
    assert stocked.ids() == [1, 2, 3, 4, 5]
    stocked.given["max_delete_share"] = 1
    assert stocked.landed()["deleted"] == 3
    assert stocked.ids() == [1, 2]


@pytest.mark.parametrize(("rows", "share"), [(3, 0.0), (0, 0.6)])
def test_deletes_within_either_limit_pass(five, rows, share):
    shop = five
    shop.given |= {"max_delete_rows": rows, "max_delete_share": share}
    shop.landed()
    shop.sql("delete from s_things where id > 2")
    assert shop.landed()["deleted"] == 3


# ---------------------------------------------------------------- contracts change


def test_a_changed_contract_reads_everything_again(five):
    """One more column: rows that did not move for their cursor get it too."""
    five.fetch(WINDOW)
    lines = CONTRACT.splitlines(keepends=True)
    five.contract("".join(line for line in lines if "{name: price" not in line))
    five.landed()
    assert "price" not in five.warehouse.columns("staging_shop", "s_things")
    five.contract(CONTRACT)
    five.later()
    assert five.landed() == FIVE | {"landed": 5}
    assert [row[3] for row in five.staging()] == [Decimal(f"{number}.50") for number in range(1, 6)]
    five.later()
    assert five.landed()["mode"] == "window"


def test_a_column_that_must_no_longer_land_is_gone_from_staging(five):
    """A class was wrong: what was declared harmless is declared an identifier, and must not stay."""
    five.landed()
    five.contract(CONTRACT.replace(
        "{name: title, data_type: text(20), config: {meta: {source_type: varchar, personal: none}}}",
        "{name: title, config: {meta: {source_type: varchar, personal: identifier}}}"))  # fmt: skip
    five.landed()
    columns = five.warehouse.columns("staging_shop", "s_things")
    titles = five.rows("select title from staging_shop.s_things") if "title" in columns else []
    assert not [title for (title,) in titles if title is not None]


# ---------------------------------------------------------------- when to look


def test_full_reads_and_sweeps_come_when_they_are_due(five, monkeypatch):
    shop = five
    shop.given["sweep"] = "due"
    shop.fetch(WINDOW + ", sweep_every_days: 2, full_every_days: 5")
    now = shop.clock
    for module in ("stage", "ledger"):
        monkeypatch.setattr(f"pipelines.landing.{module}.utc_now", lambda: shop.clock)
    seen = []
    for _ in range(7):
        outcome = shop.land().tables[0]
        seen.append((outcome.mode, outcome.swept))
        shop.later(days=1)
    window, swept, full = ("window", False), ("window", True), ("full", True)
    assert seen == [full, window, swept, window, swept, full, window]
    assert shop.clock > now


def test_a_log_that_is_purged_at_its_source_keeps_its_rows_here(shop):
    shop.sqlite(key=" primary key")
    shop.put(1)
    shop.given["sweep"] = "always"
    shop.fetch(WINDOW + ", sweep_every_days: 0, full_every_days: 0")
    shop.landed()
    shop.sql("delete from s_things")
    shop.later()
    assert shop.landed()["deleted"] == 0
    assert shop.ids() == [1]


def test_a_row_that_goes_between_the_read_and_the_sweep_is_deleted_next_time(five, monkeypatch):
    """One load must not bring a row and take it away: which of the two wins would be chance."""
    shop = five
    shop.fetch(WINDOW)
    shop.landed()
    shop.later()
    shop.put(2, title="its last words")
    shop.given["sweep"] = "always"

    def meanwhile(*arguments):
        shop.sql("delete from s_things where id = 2")
        return sweep_keys(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.landing.sweep.sweep_keys", meanwhile)
        assert {"landed": 1, "deleted": 0}.items() <= shop.landed().items()
    assert shop.staging(("id", "title"))[1] == ("main", 2, "its last words")
    shop.later()
    assert {"landed": 0, "deleted": 1}.items() <= shop.landed().items()
    assert shop.ids() == [1, 3, 4, 5]
