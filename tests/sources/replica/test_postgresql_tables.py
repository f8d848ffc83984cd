"""Tables that are not as their contract says, and statements PostgreSQL ends: a sentence without a value."""

from __future__ import annotations

import os
import signal
import time
from threading import Timer

import adbc_driver_manager
import pytest

from pipelines.errors import LoginRefused, SourceInterrupted, SourceUnreadable, TableMismatch
from pipelines.settings import Settings
from pipelines.sources.replica.reader import SourceTable, check_table
from tests.sources.replica.on_postgresql import at, refused
from tests.sources.replica.things import THINGS, fetch, read

DATABASE = "tables"
VALUE = "Quillfeather"
TABLES = f"""
create table things (id bigint primary key, at bigint);
insert into things values (1, 5000);
create table renamed (id bigint primary key, later bigint, name varchar(40));
insert into renamed values (1, 5, '{VALUE}');
create table retyped (id bigint primary key, at varchar(40)); insert into retyped values (1, '{VALUE}');
create role clerk login password 'clerks-own-word'; grant select on renamed, retyped to clerk;
"""
LONG = "(select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b) > 0"


@pytest.fixture(scope="module")
def server(postgresql):
    postgresql.create_database(DATABASE)
    postgresql.execute(TABLES, DATABASE)
    yield postgresql
    postgresql.execute("drop owned by clerk; drop role clerk", DATABASE)


@pytest.fixture
def reader(server):
    opened = at(server, DATABASE)
    yield opened
    opened.close()


def test_a_missing_table(server, reader):
    error = refused(
        server, TableMismatch, r"has no table socks \(contract: shop\.things\)", check_table, reader, THINGS,
        reader.describe("socks"),
    )  # fmt: skip
    assert "table prefix" in error.advice


def test_a_missing_column_with_both_lists(server, reader):
    says = r"renamed lacks at; it offers id, later, name"
    refused(server, TableMismatch, says, check_table, reader, THINGS, reader.describe("renamed"))


def test_a_changed_type(server, reader):
    says = r"retyped changed the type of at \(contract bigint, now character varying\)"
    refused(server, TableMismatch, says, check_table, reader, THINGS, reader.describe("retyped"))


@pytest.mark.parametrize(("name", "code"), [("renamed", "42703"), ("gone", "42P01")])
def test_a_column_or_table_that_goes_away_while_it_is_read(server, reader, name, code):
    stale = SourceTable(name, {"id": "bigint", "at": "bigint"})
    reader.describe = lambda table: stale
    says = rf"{name} or one of its columns went away \(error {code}\)"
    refused(server, TableMismatch, says, read, reader, THINGS, fetch(), None, name)


def test_a_login_without_select(server):
    clerk = at(
        server, DATABASE, url=f"postgresql://clerk:clerks-own-word@127.0.0.1:{server.standby.port}/{DATABASE}"
    )
    says = "user `clerk` may not SELECT from things"
    error = refused(server, LoginRefused, says, read, clerk, THINGS, fetch())
    assert "Grant it SELECT" in error.advice
    clerk.close()


def test_a_row_filter_the_server_does_not_take_shows_no_value(server, reader):
    wrong = fetch(row_filter="cast(name as integer) > 0")
    says = r"renamed could not be read \(error 22P02\)"
    stale = SourceTable("renamed", {"id": "bigint", "at": "bigint", "later": "bigint", "name": "text"})
    reader.describe = lambda table: stale
    reader.expression = lambda column, source_type: "id"
    error = refused(server, SourceUnreadable, says, read, reader, THINGS, wrong, None, "renamed")
    assert "row_filter" in error.advice


def test_a_statement_that_takes_too_long(server):
    slow = at(server, DATABASE, Settings(statement_timeout=1))
    started = time.monotonic()
    how = fetch(
        row_filter="(select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b) > 0"
    )
    error = refused(
        server,
        SourceUnreadable,
        r"reading things took longer than .*\(error 57014\)",
        read,
        slow,
        THINGS,
        how,
    )
    assert "WAREHOUSE_STATEMENT_TIMEOUT" in error.what
    assert time.monotonic() - started < 20
    slow.close()


class GivenUp(Exception):
    """What Ctrl-C would raise, had the tests not a use for that themselves."""


def test_ctrl_c_is_heard_while_the_server_is_silent_and_the_statement_ends_there_too(server, reader):
    def give_up(*_: object) -> None:
        raise GivenUp

    before = signal.signal(signal.SIGUSR1, give_up)
    Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGUSR1)).start()
    try:
        started = time.monotonic()
        with pytest.raises(GivenUp):
            read(reader, THINGS, fetch(row_filter=LONG))
        assert time.monotonic() - started < 5
    finally:
        signal.signal(signal.SIGUSR1, before)
    until = time.monotonic() + 5
    while server.standby.query("select 1 from pg_stat_activity where usename = 'reader'"):
        assert time.monotonic() < until, "the server still works on it"
        time.sleep(0.05)
    assert read(reader, THINGS, fetch())[1] == [{"id": 1, "at": 5000}]


def test_a_value_the_driver_cannot_read_is_not_shown_and_not_asked_for_again(server, reader, waits):
    status = adbc_driver_manager.AdbcStatusCode.INVALID_DATA

    def broken(session, sql):
        raise adbc_driver_manager.DataError(VALUE, status_code=status)

    reader._batches = broken
    says = "the driver could not read a value of things"
    refused(server, SourceUnreadable, says, read, reader, THINGS, fetch())
    assert waits == []


def test_a_statement_somebody_cancels_is_an_interruption_and_not_our_time_limit(server, reader, waits):
    how = fetch(
        row_filter="(select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b) > 0"
    )
    cancel = (
        "select pg_cancel_backend(pid) from pg_stat_activity where usename = 'reader' and state = 'active'"
    )
    inner = reader._batches

    def cancelled(session, sql):
        timer = Timer(0.2, lambda: server.standby.query(cancel))
        timer.start()
        yield from inner(session, sql)

    reader._batches = cancelled
    says = r"cancelled reading things, again and again.*\(error 57014\)"
    refused(server, SourceInterrupted, says, read, reader, THINGS, how)
    assert len(waits) == 5
