"""A landing whose source must be left alone for a while: it waits, flags what it could not read, goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.errors import SourcePaused
from pipelines.sources.replica import Timekeeper
from tests.landing.shop import CONTRACT, WINDOW, Shop
from tests.sources.replica.paced import Clock
from tests.sources.replica.test_mysql_pacing import HARMLESS, overheard

TWO_TABLES = CONTRACT + CONTRACT.split("tables:\n")[1].replace("s_things", "s_others")
BOTH = "}\n  s_others: {"


@pytest.fixture
def clock(shop) -> Clock:
    """Waits take no time; what is waited for is kept."""
    clock = Clock()
    shop.keeper = clock.keeper()
    return clock


@pytest.fixture
def replicated(shop, mariadb_pair) -> Iterator[Shop]:
    """Things 1 to 3 on a real primary, read from its real replica; `north` beside them is a file."""
    shop.mariadb(mariadb_pair.primary, key=" primary key")
    shop.sources["main"] |= {
        "url": mariadb_pair.replica.url("shop_main"), "ca_file": mariadb_pair.replica.ca_file,
    }  # fmt: skip
    shop.sqlite("north", key=" primary key")
    for number in (1, 2, 3):
        shop.put(number)
        shop.put(number, "north")
    mariadb_pair.caught_up()
    mariadb_pair.replica.execute("grant replica monitor on *.* to reader@'%'")
    yield shop
    mariadb_pair.replica.execute("revoke replica monitor on *.* from reader@'%'")


def load(shop: Shop, instance: str = "main") -> dict[str, Any]:
    """The last row of ops.source_load of an instance."""
    rows = shop.warehouse.connection.execute(
        "select * from ops.source_load where instance = ? order by ended_at desc limit 1", [instance]
    )
    names = [column[0] for column in rows.description or ()]
    return dict(zip(names, rows.fetchone() or (), strict=True))


# ---------------------------------------------------------------- a real replica that lags


def test_a_replica_that_catches_up_while_we_wait_is_read(replicated, mariadb_pair, clock):
    replicated.land()
    replicated.sources["main"] |= {"max_lag_seconds": 1}
    with ExitStack() as delay:
        delay.enter_context(mariadb_pair.delayed(600))
        replicated.put(4)
        mariadb_pair.wait_for_lag(2)
        clock.at_wake = lambda: delay.close() if len(clock.slept) == 3 else None
        outcome = replicated.land()
    assert outcome.errors == [table.error for table in outcome.tables if table.error] == []
    assert [row[1] for row in replicated.staging(("id",)) if row[0] == "main"] == [1, 2, 3, 4]
    assert clock.slept == [1, 2, 4]
    assert re.match(r"waiting 1 s: shop/main: the replica is \d+ s behind, more than the 1 s", clock.said[0])
    asked = load(replicated)
    assert (asked["waited_lag"], asked["lag_min"]) == (7.0, 0.0)
    assert asked["lag_max"] >= 2


def test_a_replica_that_stays_behind_is_flagged_and_the_others_go_on(replicated, mariadb_pair, clock):
    replicated.land()
    replicated.sources["main"] |= {"max_lag_seconds": 1, "max_wait_seconds": 20}
    replicated.put(4, "north")
    with mariadb_pair.delayed(600):
        replicated.put(4)
        mariadb_pair.wait_for_lag(2)
        outcome = replicated.land()
    [flagged] = [table for table in outcome.tables if table.error]
    assert (flagged.instance, type(flagged.error)) == ("main", SourcePaused)
    assert re.match(
        r"shop/main: the replica is \d+ s behind, more than the 1 s allowed, after 20 s of waiting\. ",
        str(flagged.error),
    )
    assert sorted(row[:2] for row in replicated.staging(("id",))) == [
        ("main", 1), ("main", 2), ("main", 3), ("north", 1), ("north", 2), ("north", 3), ("north", 4)
    ]  # fmt: skip
    assert (sum(clock.slept), load(replicated)["statements"]) == (20, 0)
    assert load(replicated, "north")["statements"] == 1
    replicated.land()
    assert [row[1] for row in replicated.staging(("id",)) if row[0] == "main"] == [1, 2, 3, 4]


def test_replication_that_stands_still_is_flagged(replicated, mariadb_pair, clock):
    replicated.sources["main"] |= {"max_wait_seconds": 5}
    with mariadb_pair.applying_stopped():
        outcome = replicated.land()
    said = [str(table.error) for table in outcome.tables if table.error]
    assert len(said) == 1
    assert said[0].startswith("shop/main: replication of this replica has stopped, so nothing new arrives")
    assert "after 5 s of waiting" in said[0]
    assert {row[0] for row in replicated.staging()} == {"north"}
    assert sum(clock.slept) == 5


def test_what_is_on_its_way_while_a_window_is_read_comes_with_the_next(replicated, mariadb_pair):
    """The window ends where the replica is: a row it has not got yet is not left behind for good."""
    replicated.fetch(WINDOW)  # an overlap of 60 seconds
    replicated.land()
    with mariadb_pair.delayed(600):
        replicated.put(4)
        mariadb_pair.wait_for_lag(2)
        replicated.later(seconds=200)
        table, _ = replicated.land().tables
        lag = load(replicated)["lag_max"]
        assert isinstance(lag, float)
        ends = datetime.fromtimestamp(int(table.cursor_high or 0), UTC).replace(tzinfo=None)
        assert 2 <= lag <= (replicated.clock - ends).total_seconds() <= lag + 5


# ---------------------------------------------------------------- what a source sees


def test_a_whole_landing_sends_nothing_but_select(stocked_server, mariadb):
    stocked_server.given["sweep"] = "always"
    stocked_server.fetch(WINDOW)
    with overheard(mariadb) as heard:
        stocked_server.land()
        stocked_server.later()
        stocked_server.land()
    said = [text.strip() for kind, text in heard if kind in ("Query", "Prepare", "Execute")]
    assert len([text for text in said if "from `s_things`" in text]) >= 5
    assert [text for text in said if not HARMLESS.match(text)] == []
    opened = stocked_server.rows("select sum(connections_opened) from ops.source_load")
    assert opened == [([kind for kind, _ in heard].count("Connect"),)]


@pytest.fixture
def stocked_server(shop, mariadb) -> Shop:
    shop.mariadb(mariadb, key=" primary key")
    for number in range(1, 6):
        shop.put(number)
    return shop


def test_the_load_of_a_source_is_kept(stocked_server):
    stocked_server.fetch("page_rows: 2")
    [table] = stocked_server.land().tables
    asked = load(stocked_server)
    assert (asked["statements"], asked["rows_read"], asked["connections_opened"]) == (3, 5, 4)
    assert asked["bytes_read"] >= table.bytes_read > 0
    assert 0 < asked["longest_statement"] <= asked["seconds_worked"] < 60
    assert (asked["longest_table"], asked["lag_max"]) == ("s_things", None)
    assert [asked[f"waited_{gate}"] for gate in ("window", "lag", "busy", "own")] == [0, 0, 0, 0]


def test_a_source_that_refuses_leaves_its_load_too(five):
    (five.folder / "main.sqlite").unlink()
    five.given["connect_attempts"] = 1
    five.land()
    assert (load(five)["statements"], load(five)["questions"]) == (0, 1)


# ---------------------------------------------------------------- stopping in the middle


@pytest.fixture
def two_tables(five) -> Shop:
    five.contract(TWO_TABLES)
    five.fetch(BOTH)
    five.sql("create table s_others as select * from s_things")
    return five


def test_what_was_read_before_a_pause_commits_and_the_rest_is_flagged(two_tables):
    """07:30 comes while the first table is read."""
    clock = Clock(datetime(2026, 11, 20, 7, 29, tzinfo=UTC))
    two_tables.sources["main"] |= {"pause_window": "07:30-19:00@Europe/London", "pause_seconds": 0.001}
    ticking = clock.keeper()

    def monotonic() -> float:
        clock.passed += 10
        return clock.passed

    two_tables.keeper = Timekeeper(ticking.now, monotonic, ticking.sleep, ticking.say)
    first, second = two_tables.land().tables
    assert (first.error, first.rows_landed) == (None, 5)
    assert isinstance(second.error, SourcePaused)
    assert "is in its pause window and left alone until Fri 19:00 (Europe/London)" in str(second.error)
    assert len(two_tables.staging()) == 5
    assert two_tables.rows("select table_name, outcome from ops.landings order by 1") == [
        ("s_others", "failed"), ("s_things", "closed")
    ]  # fmt: skip


def test_a_pause_in_the_middle_of_a_table_lands_none_of_it(stocked_server):
    stocked_server.fetch("page_rows: 2")
    clock = Clock()
    stocked_server.sources["main"] |= {"pause_seconds": 60, "max_seconds": 100}
    stocked_server.keeper = clock.keeper()
    [table] = stocked_server.land().tables
    assert "shop/main: its 100 seconds of this run are spent." in str(table.error)
    assert clock.slept[:1] == [60]
    assert (
        not stocked_server.warehouse.has_table("staging_shop", "s_things") or stocked_server.staging() == []
    )
    stocked_server.sources["main"] |= {"max_seconds": 1000}
    assert stocked_server.landed()["landed"] == 5
