"""A real PostgreSQL standby that lags is waited for, retried, then flagged; its connections are counted."""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from pipelines.errors import SourcePaused
from tests.landing.shop import DDL, WINDOW, Shop
from tests.landing.test_paced_landing import load
from tests.sources.replica.paced import Clock

DATABASE = "paced_shop"
TABLE = (
    DDL.replace("decimal", "numeric").replace("longtext", "text") % ("s_things", " primary key")
    + "; grant select on all tables in schema public to reader"
)
ROW = "insert into s_things values ({0}, 'thing {0}', {0}.5, 'p{0}@x.example', '2026-01-02', 0, 1, 'Dear')"


@pytest.fixture
def clock(shop) -> Clock:
    """Waits take no time; what is waited for is kept."""
    clock = Clock()
    shop.keeper = clock.keeper()
    return clock


@pytest.fixture
def followed(shop, postgresql) -> Shop:
    """Things 1 to 3 on a real primary, read from its standby; `north` beside them is a file."""
    shop.contract(
        (shop.folder / "contract.yml").read_text()
        .replace("source_type: decimal", "source_type: numeric").replace("longtext", "text")
    )  # fmt: skip
    postgresql.create_database(DATABASE)
    postgresql.execute(f"{TABLE}; {'; '.join(ROW.format(number) for number in (1, 2, 3))}", DATABASE)
    shop.sources["main"] = {"url": postgresql.url(DATABASE), "ca_file": postgresql.ca_file}
    shop.sqlite("north", key=" primary key")
    shop.put(1, "north")
    return shop


def behind(postgresql) -> float:
    """What the standby would tell us, asked as its administrator."""
    return float(
        postgresql.standby.value(
            "select extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())"
        )
    )


def fall_behind(postgresql, number: int) -> None:
    """A commit that the standby has received and does not replay, a second and more ago."""
    postgresql.execute(ROW.format(number), DATABASE, wait=False)
    until = time.monotonic() + 20
    while behind(postgresql) < 1.2:
        assert time.monotonic() < until
        time.sleep(0.05)


def here(shop: Shop) -> list[int]:
    return [row[1] for row in shop.staging(("id",)) if row[0] == "main"]


def test_a_standby_that_catches_up_while_we_wait_is_read(followed, postgresql, clock):
    followed.land()
    followed.sources["main"] |= {"max_lag_seconds": 1}
    with ExitStack() as paused:
        paused.enter_context(postgresql.paused_replay())
        fall_behind(postgresql, 4)
        clock.at_wake = lambda: paused.close() if len(clock.slept) == 2 else None
        outcome = followed.land()
    assert [table.error for table in outcome.tables if table.error] == outcome.errors == []
    assert (here(followed), clock.slept) == ([1, 2, 3, 4], [1, 2])
    asked = load(followed)
    assert (asked["waited_lag"], asked["lag_min"]) == (3.0, 0.0)
    assert asked["lag_max"] > 1


def test_a_standby_that_stays_behind_is_flagged_and_the_others_go_on(followed, postgresql, clock):
    followed.land()
    followed.sources["main"] |= {"max_lag_seconds": 1, "max_wait_seconds": 10}
    followed.put(2, "north")
    with postgresql.paused_replay():
        fall_behind(postgresql, 4)
        outcome = followed.land()
    [flagged] = [table for table in outcome.tables if table.error]
    assert (flagged.instance, type(flagged.error)) == ("main", SourcePaused)
    assert "s behind, more than the 1 s allowed, after 10 s of waiting." in str(flagged.error)
    assert (here(followed), clock.slept) == ([1, 2, 3], [1, 2, 4, 3])
    assert [row[1] for row in followed.staging(("id",)) if row[0] == "north"] == [1, 2]
    followed.land()
    assert here(followed) == [1, 2, 3, 4]


def test_an_idle_primary_is_no_lag(followed, postgresql, clock):
    """Nothing is committed for longer than the limit: the standby has everything, so it is read."""
    followed.sources["main"] |= {"max_lag_seconds": 0.5, "max_wait_seconds": 0}
    until = time.monotonic() + 20
    while behind(postgresql) < 1 and time.monotonic() < until:
        time.sleep(0.05)
    assert followed.land().tables[0].error is None
    assert (load(followed)["lag_max"], clock.slept) == (0.0, [])


def test_a_landing_fits_into_one_connection_that_the_server_allows(followed, postgresql):
    """Guard, catalogue and every chunk take the same one, so a role with `connection limit 2` is enough."""
    postgresql.execute("alter role reader connection limit 2")
    try:
        followed.fetch(WINDOW)
        followed.sources["main"] |= {"connection_limit": 1}
        for _ in range(3):
            table = followed.land().tables[0]
            assert table.error is None
    finally:
        postgresql.execute("alter role reader connection limit -1")
    assert here(followed) == [1, 2, 3]
