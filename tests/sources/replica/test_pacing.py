"""Gates before every chunk, rests between them, what is counted: without a server, on a clock of our own."""

from __future__ import annotations

import inspect
from datetime import timedelta

import pytest

from pipelines.errors import LoginRefused, SettingsError, SourcePaused, SourceUnreachable
from pipelines.sources.replica import pacing
from pipelines.sources.replica.pacing import PacedReader
from pipelines.sources.replica.reader import Reader
from tests.sources.replica.paced import CHUNK, NOON, Clock, Engine, chunk, paced

OFFICE = "mon-fri/07:30-19:00@Europe/London"


@pytest.fixture
def engine(monkeypatch) -> Engine:
    monkeypatch.setattr(pacing, "_slots", {})  # a test that does not close its reader holds nobody else up
    return Engine(Clock())


def test_every_word_of_a_reader_reaches_the_engine():
    """A method that is not passed on would silently be the shared one instead of the engine's own."""
    words = {name for name, value in vars(Reader).items() if inspect.isfunction(value) and name[0] != "_"}
    assert words - set(vars(PacedReader)) == set()


def test_open_gates_cost_nothing(engine):
    reader = paced(engine)
    reader.guard()
    assert chunk(reader) == chunk(reader) == 20
    assert engine.time.slept == []
    assert (reader.load.statements, reader.load.rows, reader.load.seconds_worked) == (2, 40, 4.0)
    assert reader.load.bytes == 40 * 8
    assert (reader.load.lag_min, reader.load.lag_max, reader.load.seconds_waited) == (0.0, 0.0, 0.0)


# ---------------------------------------------------------------- lag


def test_a_lagging_replica_is_waited_for_with_growing_pauses(engine):
    engine.behind = 1000.0
    engine.time.at_wake = lambda: setattr(engine, "behind", 700.0 if engine.time.passed < 15 else 3.0)
    reader = paced(engine)
    assert chunk(reader) == 20
    assert engine.time.slept == [1, 2, 4, 8]
    assert (reader.load.waited["lag"], reader.load.lag_max, reader.load.lag_min) == (15.0, 1000.0, 3.0)
    first = "waiting 1 s: shop/main: the replica is 1,000 s behind, more than the 600 s allowed"
    assert engine.time.said[0] == first


def test_a_replica_that_stays_behind_flags_with_lag_and_limit(engine):
    engine.behind = 1204.0
    reader = paced(engine, max_lag_seconds=300, max_wait_seconds=100)
    with pytest.raises(SourcePaused) as refused:
        chunk(reader)
    assert str(refused.value) == (
        "shop/main: the replica is 1,204 s behind, more than the 300 s allowed, after 100 s of waiting. "
        "See why it lags, or raise WAREHOUSE_SOURCES__SHOP__MAIN__MAX_LAG_SECONDS."
    )
    assert engine.time.slept == [1, 2, 4, 8, 16, 32, 37]
    assert "stream" not in engine.asked


def test_the_waiting_is_spent_once_a_source_not_once_a_table(engine):
    engine.behind = 1204.0
    reader = paced(engine, max_wait_seconds=10)
    said = set()
    for _ in range(5):
        engine.behind += 1  # the tables that follow say the same sentence, which is shown once
        with pytest.raises(SourcePaused) as refused:
            reader.describe("things")
        said.add(str(refused.value))
    assert (sum(engine.time.slept), len(said)) == (10, 1)
    engine.behind = 0.0
    engine.time.passed += 60
    assert chunk(reader) == 20, "a gate that opens again lets the next table through"


def test_replication_that_stands_still_is_waited_for_then_said(engine):
    engine.behind = SourceUnreachable("shop/main: replication of this replica has stopped.", "Look at it.")
    reader = paced(engine, max_wait_seconds=3)
    with pytest.raises(SourcePaused, match="replication of this replica has stopped, after 3 s of waiting"):
        chunk(reader)
    engine.behind = 5.0
    engine.time.passed += 60
    assert chunk(reader) == 20


def test_a_refusal_is_not_waited_for(engine):
    engine.behind = LoginRefused("shop/main: no.")
    with pytest.raises(LoginRefused):
        chunk(paced(engine))
    assert engine.time.slept == []


def test_lag_that_cannot_be_known_stops_nobody(engine):
    engine.behind = engine.used = None
    reader = paced(engine)
    assert chunk(reader) == 20
    assert reader.load.lag_max is None


def test_windows_end_where_the_replica_is_not_where_its_clock_is(engine):
    engine.behind = 89.2
    assert paced(engine).clock() == NOON.replace(tzinfo=None) - timedelta(seconds=90)
    engine.behind = None
    assert paced(engine).clock() == NOON.replace(tzinfo=None)


def test_a_look_holds_for_two_seconds(engine):
    engine.takes, engine.batches = 0.5, 1
    reader = paced(engine)
    for _ in range(9):
        chunk(reader)
    assert engine.asked.count("lag") == 3
    assert reader.load.questions == 6


# ---------------------------------------------------------------- connections


def test_a_busy_server_is_waited_for(engine):
    engine.used = (71, 100)
    engine.time.at_wake = lambda: setattr(engine, "used", (70, 100))
    reader = paced(engine)
    assert chunk(reader) == 20
    assert (engine.time.slept, reader.load.waited["busy"]) == ([1], 1.0)


def test_a_server_that_stays_busy_flags_with_both_numbers(engine):
    engine.used = (95, 100)
    with pytest.raises(SourcePaused, match="95 of the server's 100 connections are in use, more than 90%"):
        chunk(paced(engine, busy_share=0.9, max_wait_seconds=0))
    assert engine.time.slept == []


def test_our_own_connections_are_counted_over_every_reader_of_a_source(engine):
    engine.connections_per_read = 1
    first, second = paced(engine), paced(Engine(engine.time), max_wait_seconds=5)
    first.guard()
    rows = first.stream(CHUNK)
    next(rows)
    with pytest.raises(SourcePaused, match="1 more connections of ours would be more than 2 at once"):
        second.guard()
    rows.close()
    second.guard()
    assert second.load.waited["own"] == 5.0
    with pytest.raises(SourcePaused):
        chunk(first)
    second.close()
    assert chunk(first) == 20
    first.close()


def test_a_limit_below_what_the_engine_needs_is_refused_at_once(engine):
    engine.connections_per_read = 1
    with pytest.raises(SettingsError, match=r"shop/main needs 2 connections at once, .* allows 1"):
        paced(engine, connection_limit=1)


def test_a_guard_that_fails_and_a_read_that_is_given_up_give_their_connections_back(engine):
    engine.connections_per_read = 1
    for _ in range(5):
        reader = paced(engine, max_wait_seconds=0)
        reader.guard()
        next(reader.stream(CHUNK))
        assert engine.open_reads == 0
        reader.close()


# ---------------------------------------------------------------- pause window and time


def test_inside_its_window_a_source_is_not_even_connected_to(engine):
    reader = paced(engine, pause_window=OFFICE)
    with pytest.raises(SourcePaused) as refused:
        reader.guard()
    assert str(refused.value) == (
        "shop/main is in its pause window and left alone until Fri 19:00 (Europe/London). "
        "What landed stays; run outside of WAREHOUSE_SOURCES__SHOP__MAIN__PAUSE_WINDOW."
    )
    assert (engine.asked, engine.time.slept) == ([], [])


def test_an_end_within_the_waiting_allowed_is_waited_for(engine):
    engine.time.start = NOON.replace(hour=18, minute=50)
    reader = paced(engine, pause_window=OFFICE)
    reader.guard()
    assert engine.time.slept == [600]
    assert chunk(reader) == 20
    assert reader.load.waited["window"] == 600


def test_a_window_that_opens_during_a_landing_stops_before_the_next_chunk(engine):
    engine.time.start = NOON.replace(hour=7, minute=29)
    engine.takes = 25.0
    reader = paced(engine, pause_window=OFFICE)
    reader.guard()
    assert chunk(reader) == 20, "50 seconds"
    assert chunk(reader) == 20, "begun at 07:29:50, and let to its end"
    with pytest.raises(SourcePaused, match="in its pause window"):
        chunk(reader)
    with pytest.raises(SourcePaused, match="in its pause window"):
        reader.describe("next")
    assert engine.asked.count("stream") == 2


def test_the_time_of_a_run_is_bounded_even_within_a_chunk(engine):
    engine.batches, engine.takes = 100, 10.0
    reader = paced(engine, max_seconds=95)
    reader.guard()
    with pytest.raises(SourcePaused, match=r"shop/main: its 95 seconds of this run are spent\."):
        chunk(reader)
    assert engine.time.passed == 100
    assert (engine.open_reads, reader.load.statements) == (0, 1)
    with pytest.raises(SourcePaused):
        reader.describe("next")


# ---------------------------------------------------------------- rests


@pytest.mark.parametrize(
    ("settings", "between", "rests"),
    [
        ({}, 0, []),
        ({"pause_seconds": 3}, 0, [3, 3]),
        ({"rest_share": 0.5}, 0, [1, 1]),
        ({"rest_share": 2, "pause_seconds": 3}, 0, [4, 4]),
        ({"rest_share": 0.5}, 0.75, [0.25, 0.25]),  # what we did meanwhile was rest for the source
        ({"pause_seconds": 3}, 5, []),
    ],
)
def test_rests_between_chunks(engine, settings, between, rests):
    reader = paced(engine, **settings)
    for _ in range(3):
        chunk(reader)
        engine.time.passed += between
    assert engine.time.slept == rests
    assert reader.load.rested == sum(rests)
    assert reader.load.seconds_waited == 0


def test_our_own_slowness_is_not_the_sources_work(engine):
    reader = paced(engine)
    for _ in reader.stream(CHUNK):
        engine.time.passed += 100
    assert (reader.load.seconds_worked, reader.load.longest_statement) == (2.0, 2.0)


def test_a_statement_that_fails_was_load_too(engine):
    def broken(_):
        yield from ()
        engine.time.passed += 3600
        raise SourceUnreachable("shop/main: gone.")

    engine.stream = broken
    reader = paced(engine)
    with pytest.raises(SourceUnreachable):
        chunk(reader)
    assert (reader.load.longest_statement, reader.load.longest_table) == (3600, "things")
