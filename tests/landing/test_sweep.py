"""What a sweep finds besides deletes: rows that no window ever held, fetched by key or by a full read."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from pipelines.errors import SourceInterrupted
from pipelines.landing.compare import Comparison
from pipelines.sources.replica import by_key, sweep_keys
from pipelines.sources.replica.reader import Select
from pipelines.sources.replica.sqlite import SqliteReader
from tests.landing.shop import CONTRACT, DDL, WINDOW, epoch

BEFORE = timedelta(hours=5)  # far beyond the overlap of 60 seconds


@pytest.fixture
def swept(stocked):
    """Five things landed; from now on every landing sweeps, and the next window begins a minute ago."""
    stocked.fetch(WINDOW)
    stocked.landed()
    stocked.given["sweep"] = "always"
    stocked.later()
    return stocked


def put_late(shop, number: int, **values) -> None:
    """A row that became visible now, though its stamp lies before the last window's start."""
    shop.put(number, **{"changed": epoch(shop.clock - BEFORE), **values})


def test_a_row_committed_after_its_window_is_fetched_by_its_key(swept):
    put_late(swept, 9)
    found = swept.landed()
    # the window reads the five rows of its overlap again; the late row is the sixth
    assert found == {"mode": "window", "read": 6, "landed": 1, "refused": 0, "deleted": 0, "unchanged": 5}
    assert swept.ids() == [1, 2, 3, 4, 5, 9]
    swept.later()
    assert swept.landed()["landed"] == 0


def test_without_a_sweep_it_stays_unseen(swept):
    swept.given["sweep"] = "never"
    put_late(swept, 9)
    swept.landed()
    assert 9 not in swept.ids()


def test_late_rows_and_deletes_come_in_one_load(swept):
    put_late(swept, 9)
    swept.put(10)
    swept.sql("delete from s_things where id = 2")
    found = swept.landed()
    assert (found["landed"], found["deleted"], found["read"]) == (2, 1, 6)
    assert swept.ids() == [1, 3, 4, 5, 9, 10]


def test_a_row_that_came_after_the_windows_end_is_not_late(swept, monkeypatch):
    """It belongs to the next window; on a busy table there are always some."""

    def meanwhile(*arguments):
        swept.put(9, changed=epoch(swept.clock) + 5)
        return sweep_keys(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.landing.sweep.sweep_keys", meanwhile)
        assert {"read": 5, "landed": 0}.items() <= swept.landed().items()
    swept.later()
    assert swept.landed()["landed"] == 1
    assert 9 in swept.ids()


def test_many_late_rows_make_it_a_full_read_in_the_same_load(swept, monkeypatch):
    monkeypatch.setattr("pipelines.landing.sweep.FEW", 2)
    for number in (7, 8, 9):
        put_late(swept, number)
    swept.sql("delete from s_things where id = 1")
    swept.put(2, title="another title")
    found = swept.landed()
    # the window's four rows were read for nothing, and are counted as that
    assert found == {
        "mode": "full", "read": 4 + 7, "landed": 4, "refused": 0, "deleted": 1, "unchanged": 3,
        "read_again": 4,
    }  # fmt: skip
    assert swept.ids() == [2, 3, 4, 5, 7, 8, 9]
    swept.later()
    assert (again := swept.landed())["mode"] == "window"
    assert again["landed"] == 0


def test_a_full_read_after_a_sweep_of_a_table_that_was_emptied_here(swept, monkeypatch):
    monkeypatch.setattr("pipelines.landing.sweep.FEW", 2)
    swept.sql("update s_things set changed = ? where id > 2", epoch(swept.clock - BEFORE))
    swept.warehouse.execute("delete from staging_shop.s_things")
    found = swept.landed()
    assert (found["mode"], found["read"], found["landed"], found["read_again"]) == ("full", 2 + 5, 5, 2)
    assert swept.rows("select max_by(rows_to_land, looked_at) from ops.landings") == [(5,)]
    assert swept.ids() == [1, 2, 3, 4, 5]


def test_a_late_row_that_does_not_fit_is_quarantined_once_and_not_fetched_again(swept):
    put_late(swept, 9, price="twelve" if swept.sources["main"]["url"].startswith("sqlite") else "1.2345")
    found = swept.landed()
    assert (found["read"], found["landed"], found["refused"]) == (6, 0, 1)
    swept.later()
    again = swept.landed()
    assert (again["refused"], again["deleted"]) == (0, 0)
    assert swept.rows("select count(*) from ops.quarantine") == [(1,)]


def test_refused_rows_of_a_window_that_is_read_again_count_once(swept, monkeypatch):
    monkeypatch.setattr("pipelines.landing.sweep.FEW", 0)
    swept.put(6, price="twelve" if swept.sources["main"]["url"].startswith("sqlite") else "1.2345")
    put_late(swept, 9)
    found = swept.landed()
    assert (found["mode"], found["read"], found["refused"], found["read_again"]) == ("full", 6 + 7, 1, 6)
    assert swept.rows("select count(*) from ops.quarantine") == [(1,)]


def test_only_the_full_read_says_what_is_refused_and_repaired(five, monkeypatch):
    """A row that is corrected after the window was read is not quarantined, and no repair counts twice."""
    monkeypatch.setattr("pipelines.landing.sweep.FEW", 0)
    five.fetch(WINDOW)
    five.landed()
    five.given["sweep"] = "always"
    five.later()
    five.put(6, price="twelve")
    five.put(7, day="0000-00-00")
    put_late(five, 9)

    def meanwhile(*arguments):
        five.sql("update s_things set price = 12 where id = 6")
        return sweep_keys(*arguments)

    monkeypatch.setattr("pipelines.landing.sweep.sweep_keys", meanwhile)
    assert {"mode": "full", "refused": 0, "landed": 3, "read_again": 7}.items() <= five.landed().items()
    assert five.rows("select count(*) from ops.quarantine") == [(0,)]
    assert five.rows("select column_name, row_count from ops.value_repairs") == [("day", 1)]


def test_what_the_row_filter_leaves_out_is_not_late(swept):
    swept.fetch(WINDOW + ', row_filter: "id <> 9"')
    put_late(swept, 9)
    assert swept.landed()["landed"] == 0


def test_a_fetch_by_key_that_is_cut_is_sent_again(five, waits, monkeypatch):
    five.fetch(WINDOW)
    five.landed()
    five.given["sweep"] = "always"
    five.later()
    put_late(five, 9)
    stream = SqliteReader.stream
    cut: list[Select] = []

    def cutting(reader, select):
        if any(" in (9)" in condition for condition in select.conditions) and not cut:
            cut.append(select)
            raise SourceInterrupted("it was cut.")
        yield from stream(reader, select)

    monkeypatch.setattr(SqliteReader, "stream", cutting)
    assert five.landed()["landed"] == 1
    assert (len(cut), waits) == (1, [1.0])


# ---------------------------------------------------------------- keys of other kinds

PERSON = CONTRACT.replace(
    "- {name: id, data_type: bigint,\n"
    "             config: {meta: {source_type: bigint, personal: none, nullable: false}}}",
    "- {name: id, data_type: text(120),\n"
    "             config: {meta: {source_type: bigint, personal: pseudonym, identifier: user_id}}}",
)


def test_a_persons_key_is_fetched_by_what_it_was_and_kept_nowhere(shop, monkeypatch):
    assert PERSON != CONTRACT
    shop.contract(PERSON)
    shop.sqlite(key=" primary key")
    shop.put(41_414_141)
    shop.fetch(WINDOW)
    shop.landed()
    shop.given["sweep"] = "always"
    shop.later()
    put_late(shop, 52_525_252)
    kept: dict[str, list[str]] = {}

    class Looking(Comparison):
        """By the time of the comparison every file of the read is there."""

        def write_changes(self, target, *arguments):
            for path in target.parent.glob("*.parquet"):
                rows = duckdb.sql(f"select id from read_parquet('{path}')").fetchall()
                kept[path.name.split(".")[1]] = [number for (number,) in rows]
            super().write_changes(target, *arguments)

    monkeypatch.setattr("pipelines.landing.stage.Comparison", Looking)
    assert shop.landed()["landed"] == 1
    assert len(shop.ids()) == 2
    assert {name: len(ids) for name, ids in kept.items()} == {"read": 1, "keys": 2, "lacking": 1, "late": 1}
    assert all(number.startswith("k1:") for ids in kept.values() for number in ids)


TEXT = CONTRACT.replace("key: [id]", "key: [day, id]")
ODD_DAYS = ["it's", "back\\slash", "é 🏫", 'double"quote', "x' or 1 = 1 --"]


@pytest.mark.parametrize("engine", ["sqlite", "mariadb"])
def test_keys_of_several_columns_and_odd_letters(shop, request, engine, monkeypatch):
    monkeypatch.setattr(by_key, "KEYS_PER_STATEMENT", 2)
    shop.contract(TEXT.replace("{name: day, data_type: date", "{name: day, data_type: text(40)"))
    shop.sqlite() if engine == "sqlite" else shop.mariadb(request.getfixturevalue("mariadb"))
    shop.put(1)
    shop.fetch(WINDOW)
    shop.landed()
    shop.given["sweep"] = "always"
    shop.later()
    for number, word in enumerate(ODD_DAYS, 10):
        put_late(shop, number, day=word)
    assert shop.landed() == {
        "mode": "window", "read": 1 + len(ODD_DAYS), "landed": len(ODD_DAYS), "refused": 0, "deleted": 0,
        "unchanged": 1,
    }  # fmt: skip
    assert {row[1] for row in shop.staging(("day",))} == {"2026-01-02", *ODD_DAYS}


def test_a_key_that_no_statement_can_hold_makes_it_a_full_read(shop):
    ddl = DDL.replace("id bigint", "id real")
    shop.sqlite(ddl=ddl)
    shop.contract(CONTRACT.replace("{name: id, data_type: bigint", "{name: id, data_type: double"))
    shop.put(1)
    shop.fetch(WINDOW)
    shop.landed()
    shop.given["sweep"] = "always"
    shop.later()
    put_late(shop, 9)
    found = shop.landed()
    assert (found["mode"], found["landed"], found["read_again"]) == ("full", 1, 1)
    assert shop.ids() == [1.0, 9.0]
