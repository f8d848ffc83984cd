"""A standby with a life of its own: it lags, cancels readers, cuts them off, restarts; no row gets lost."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from pipelines.errors import NotAReplica, SourceInterrupted
from pipelines.settings import InstanceSettings
from pipelines.sources.replica import PacedReader, open_read, sweep_keys
from pipelines.sources.replica.reader import BATCH_ROWS
from tests.sources.replica.on_postgresql import at, typed, unguarded
from tests.sources.replica.things import THINGS, contract, fetch, read

DATABASE = "living"
ROWS = 60_000
CUT = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'"
WIDE = contract(typed("at", "bigint", "bigint"), typed("word", "text", "text"))
BY_TIME = fetch(cursor={"column": "at", "unit": "epoch_seconds"}, overlap=0, page_rows=ROWS)


@pytest.fixture(scope="module")
def server(postgresql):
    """A table too large for what sockets and batches hold, so that a read of it can be met half-way."""
    postgresql.create_database(DATABASE)
    postgresql.execute(
        "create table things (id bigint primary key, at bigint, word text); create index on things (at, id);"
        "create view seen as select * from things;"
        "create table beats (at bigint); insert into beats values (1);"
        f"insert into things select g, 5000 + g / 7, repeat('w', 400) from generate_series(1, {ROWS}) g",
        DATABASE,
    )
    return postgresql


@pytest.fixture
def reader(server):
    opened = at(server, DATABASE)
    yield opened
    opened.close()


def provoke_a_conflict(server) -> None:
    """Removes row versions that a reader of the standby may still see, and has that replayed."""
    server.execute("update things set word = word where id <= 100", DATABASE, wait=False)
    server.execute("vacuum things", DATABASE, wait=False)
    server.received()


def cut_off(server) -> None:
    assert server.standby.query(f"{CUT} and state <> 'idle'") == [(True,)]


def met_half_way(reader, opened, event) -> list[int]:
    """The ids of a read during whose first batches something happens."""
    ids: list[int] = []
    for number, batch in enumerate(opened.batches):
        ids += batch.column("id").to_pylist()
        if number == 0:
            event()
    return ids


# ---------------------------------------------------------------- cancelled and cut


@pytest.mark.parametrize("event", [provoke_a_conflict, cut_off])
def test_a_full_read_that_is_interrupted_goes_on_after_its_last_row(server, reader, waits, event):
    with server.standby_delay(0):
        opened = open_read(reader, WIDE, fetch(page_rows=ROWS), reader.describe("things"), None)
        ids = met_half_way(reader, opened, lambda: event(server))
    assert ids == list(range(1, ROWS + 1))
    assert waits == [1.0]
    assert reader.connections_opened == 4, "a connection that was interrupted is not used again"


@pytest.mark.parametrize("event", [provoke_a_conflict, cut_off])
def test_a_window_that_is_interrupted_goes_on_after_its_last_row(server, reader, waits, event):
    with server.standby_delay(0):
        opened = open_read(reader, WIDE, BY_TIME, reader.describe("things"), "5000")
        ids = met_half_way(reader, opened, lambda: event(server))
    assert opened.mode == "window"
    assert ids == list(range(1, ROWS + 1))
    assert waits == [1.0]


def test_a_sweep_that_is_interrupted_goes_on(server, reader, waits):
    pages = fetch(page_rows=BATCH_ROWS)
    keys, ids = sweep_keys(reader, THINGS, pages, reader.describe("things")), []
    for number, batch in enumerate(keys):
        ids += batch.column("id").to_pylist()
        if number == 0:
            server.standby.query(CUT)
    assert ids == list(range(1, ROWS + 1))


def test_without_pages_the_conflict_is_passed_on_and_the_reader_still_works(server, reader, waits):
    with server.standby_delay(0):
        opened = open_read(reader, WIDE, fetch(), reader.describe("seen"), None)
        says = r"the replica cancelled reading seen, again and again.*\(error 40001\)"
        with pytest.raises(SourceInterrupted, match=says) as caught:
            met_half_way(reader, opened, lambda: provoke_a_conflict(server))
    assert "max_standby_streaming_delay" in caught.value.advice and caught.value.retryable
    assert caught.value.__cause__ is None
    assert len(read(reader, THINGS, fetch(), name="seen")[1]) == ROWS
    assert waits == []


def test_a_table_that_is_locked_for_long_is_an_interruption(server, reader, waits, monkeypatch):
    """On a standby, only replay locks: here a migration whose transaction stays open on the primary."""
    monkeypatch.setattr("pipelines.sources.replica.postgresql._LOCK_SECONDS", 1)
    monkeypatch.setattr("pipelines.sources.replica.interruptions.IN_A_ROW", 1)
    patient = at(server, DATABASE)
    described = patient.describe("things")
    with server.primary.connect(DATABASE) as migration:
        migration.cursor().executescript("alter table things add column more text")
        server.caught_up()
        opened = open_read(patient, THINGS, fetch(), described, None)
        says = r"things stayed locked by another session \(error 55P03\)"
        with pytest.raises(SourceInterrupted, match=says):
            list(opened.batches)
        migration.rollback()
    server.caught_up()
    assert waits == [1.0]
    assert len(read(patient, THINGS, fetch())[1]) == ROWS
    patient.close()


def test_a_standby_that_restarts_in_mid_read_is_waited_for(server, reader, monkeypatch):
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            server.standby.launch_again()

    monkeypatch.setattr("pipelines.sources.replica.reader.sleep", wait)
    opened = open_read(reader, WIDE, fetch(page_rows=ROWS), reader.describe("things"), None)
    assert met_half_way(reader, opened, server.standby.stop) == list(range(1, ROWS + 1))
    assert waited == [1.0, 2.0]


def test_a_standby_that_was_promoted_meanwhile_is_refused(server, reader, monkeypatch):
    """After a failover the address may lead to the primary: every new connection proves it again."""
    reader.close()
    reader._target.port = server.primary.port
    with pytest.raises(NotAReplica):
        reader.describe("things")


def test_a_connection_that_was_cut_while_idle_is_made_anew(server, reader):
    reader.describe("things")
    for question in (reader.clock, reader.lag, reader.connections, lambda: read(reader, THINGS, fetch())):
        assert server.standby.query(CUT) == [(True,)], "one connection, and it was cut"
        assert question() is not None


# ---------------------------------------------------------------- lag


def test_a_standby_that_has_all_it_received_does_not_lag_however_long_ago_that_was(server, reader):
    server.caught_up()
    time.sleep(1.2)
    assert reader.lag() == 0.0


def test_a_paused_standby_lags_by_the_age_of_its_last_commit(server, reader):
    server.execute("update beats set at = 1", DATABASE)
    with server.paused_replay():
        time.sleep(1.1)
        server.execute("update beats set at = 2", DATABASE, wait=False)
        until = time.monotonic() + 10
        while not reader.lag() and time.monotonic() < until:
            time.sleep(0.05)
        assert 1.0 < (reader.lag() or 0.0) < 60
    assert reader.lag() == 0.0


def test_a_standby_whose_primary_is_gone_lags_by_the_age_of_its_last_commit(server, reader):
    server.execute("update beats set at = 1", DATABASE)
    server.primary.stop()
    try:
        time.sleep(1.1)
        assert (reader.lag() or 0.0) > 1.0
    finally:
        server.primary.launch_again()
        server.caught_up()


def test_a_window_of_a_lagging_standby_ends_before_what_is_on_its_way(server, reader):
    where = InstanceSettings.model_validate({"url": server.url(DATABASE), "ca_file": server.ca_file})
    paced = PacedReader(unguarded(server, DATABASE), where)
    paced.guard()
    with server.paused_replay():
        time.sleep(1.1)
        server.execute("update beats set at = 2", DATABASE, wait=False)
        [(stamp,)] = server.query("select cast(now() at time zone 'UTC' as timestamp)")
        while not reader.lag():
            time.sleep(0.05)
        assert paced.clock() <= stamp - timedelta(seconds=1)
    paced.close()


def test_connections_in_use_and_allowed_are_told_to_a_login_without_rights(server, reader):
    used, allowed = reader.connections()
    [(known, reserved)] = server.standby.query(
        "select (select count(*) from pg_stat_activity where backend_type = 'client backend'), "
        "cast(current_setting('superuser_reserved_connections') as int)"
    )
    assert used == known
    assert allowed == 100 - reserved
    with server.standby.connect(DATABASE) as more:
        more.cursor().executescript("select 1")
        assert reader.connections() == (used + 1, allowed)


def test_aurora_says_its_lag_in_its_own_function(postgresql):
    """Aurora itself is not here: functions of its names and shapes, as its documentation gives them."""
    postgresql.create_database("aurora")
    postgresql.execute(
        "create function aurora_db_instance_identifier() returns text language sql as $$ select 'r1' $$;"
        "create function aurora_replica_status() returns table (server_id text, session_id text, "
        "replica_lag_in_msec double precision) language sql as $$ "
        "values ('w', 'MASTER_SESSION_ID', null), ('r1', 's1', 1500.0), ('r2', 's2', 99000.0) $$",
        "aurora",
    )
    reader = at(postgresql, "aurora")
    assert reader.lag() == 1.5
    reader.close()


# ---------------------------------------------------------------- only SELECT

HARMLESS = re.compile(
    r"select\s|copy \(\s*(select|with)\s|with recursive\s|commit$|set\s"
    r"|begin transaction isolation level repeatable read, read only$",
    re.IGNORECASE,
)


def test_nothing_but_select_is_ever_sent(server):
    server.execute("alter role reader set log_statement = 'all'")
    before = len(server.standby.log())
    reader = at(server, DATABASE)
    try:
        reader.clock(), reader.lag(), reader.connections()
        read(reader, WIDE, BY_TIME, low="5000")
        list(sweep_keys(reader, THINGS, fetch(), reader.describe("things")))
    finally:
        reader.close()
        server.execute("alter role reader reset log_statement")
    said = re.split(r"^(?=reader@living LOG:  )", server.standby.log()[before:], flags=re.MULTILINE)
    logged = [re.sub(r"^reader@living LOG:  (statement|execute [^:]*): ", "", each) for each in said]
    statements = [each.strip() for each in logged[1:]]
    assert len(statements) > 8
    assert [each for each in statements if not HARMLESS.match(each)] == []
    assert sum(each.startswith("COPY (select") for each in statements) >= 4
