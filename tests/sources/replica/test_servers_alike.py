"""What a MariaDB and a PostgreSQL standby do alike: pages lose nothing, who does not answer is named."""

from __future__ import annotations

import socket
import time
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import LoginRefused, SourceUnreachable
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import Reader, open_read, open_reader, sweep_keys
from pipelines.sources.replica.reader import check_table
from tests.landing.tables import column
from tests.sources.replica.refusals import refused
from tests.sources.replica.things import THINGS, Heard, contract, fetch, read

DATABASE = "alike"
BY_TIME = {"column": "at", "unit": "epoch_seconds"}
BY_MOMENT = {"column": "at", "unit": "timestamp"}
MOMENT = {"mysql": "datetime", "postgresql": "timestamp"}
TICK = "2026-01-02 03:04:05.123456"
MOVED = f"""
create table things (id bigint primary key, at bigint null, seen bigint null);
insert into things values (1,5000,1), (2,5000,2), (3,5000,3), (4,5000,4), (5,5000,5), (6,4999,6), (7,5001,7),
  (8,null,8), (9,0,9), (10,20000000000,10), (11,100,5000);
create table keyless (id bigint, at bigint);
insert into keyless values (1,5000), (1,5000), (2,5000), (null,5000);
create table nearly (id bigint null unique, at bigint);
insert into nearly values (null,1), (null,2), (1,3), (2,4);
create table pair (id bigint, b bigint, at bigint, primary key (id, b));
insert into pair values (1,1,1), (1,2,1);
create table timed (id int primary key, at %s(6) null);
insert into timed values {", ".join(f"({number}, '{TICK}')" for number in range(1, 8))},
  (8, '2026-01-02 03:04:05.123457'), (9, '2026-01-02 03:04:05.123'), (10, null);
create table worded (id int primary key, at varchar(40));
insert into worded values {", ".join(f"({number}, '2026-01-02T03:04:05')" for number in range(1, 6))};
create table offered (id bigint primary key, at bigint, extra text, spare int);
create table nothing (id bigint primary key, at bigint);
"""


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def server(request) -> Any:
    running = request.getfixturevalue(request.param)
    running.create_database(DATABASE)
    running.execute(MOVED % MOMENT[scheme(running)], DATABASE)
    return running


def scheme(server: Any) -> str:
    """mysql or postgresql."""
    return server.url(DATABASE).partition(":")[0]


def at(server: Any, url: str | None = None, settings: Settings | None = None) -> Reader:
    given = {"url": url or server.url(DATABASE), "ca_file": server.ca_file}
    return open_reader("shop", "main", InstanceSettings.model_validate(given), settings or Settings())


@pytest.fixture
def reader(server):
    opened = at(server)
    opened.guard()
    yield opened
    opened.close()


def typed(name: str, kind: str, source_type: str):
    return column(name, kind, source_type=source_type)


# ---------------------------------------------------------------- pages


def test_a_full_read_by_pages_of_two(reader):
    heard = Heard(reader)
    mode, rows = read(reader, THINGS, fetch(page_rows=2))
    assert (mode, [row["id"] for row in rows]) == ("full", list(range(1, 12)))
    assert len(heard.statements) == 6
    things, id_ = reader.quote("things"), reader.quote("id")
    assert heard.statements[1].endswith(f"from {things} where ({id_} > 2) order by {id_} limit 2")


def test_ties_in_one_second_over_page_borders(reader):
    heard = Heard(reader)
    mode, rows = read(reader, THINGS, fetch(cursor=BY_TIME, page_rows=2, overlap=1), low="5000")
    # without a cursor first, then 4999 (the overlap), the five of one second, 5001; the far future is not yet
    assert (mode, [row["id"] for row in rows]) == ("window", [8, 9, 6, 1, 2, 3, 4, 5, 7])
    moved = reader.quote("at")
    assert f"{moved} >= 4999) and ({moved} < " in heard.statements[1]


def test_the_greatest_of_several_columns(reader):
    both = contract(typed("at", "bigint", "bigint"), typed("seen", "bigint", "bigint"))
    how = fetch(cursor={"columns": ["at", "seen"], "unit": "epoch_seconds"}, page_rows=2, overlap=0)
    rows = read(reader, both, how, low="4999")[1]
    # ids 8 and 9 moved long ago by `seen`; nobody is without any cursor
    assert [row["id"] for row in rows] == [6, 1, 2, 3, 4, 5, 11, 7]


def test_a_sequence_window(reader):
    how = fetch(cursor={"column": "id", "unit": "sequence"}, page_rows=2, overlap=3)
    opened = open_read(reader, THINGS, how, reader.describe("things"), "11")
    assert opened.cursor_high == "12"
    assert [row["id"] for batch in opened.batches for row in batch.to_pylist()] == [8, 9, 10, 11]


def test_microseconds_over_page_borders(server, reader):
    of = contract(typed("at", "timestamp", MOMENT[scheme(server)]))
    Heard(reader, at_most=9)
    how = fetch(cursor=BY_MOMENT, page_rows=2, overlap=0)
    rows = read(reader, of, how, low=TICK, name="timed")[1]
    assert [row["id"] for row in rows] == [10, 1, 2, 3, 4, 5, 6, 7, 8]


def test_times_written_as_text_over_page_borders(reader):
    of = contract(typed("at", "timestamp", "varchar"))
    Heard(reader, at_most=9)
    how = fetch(cursor=BY_MOMENT, page_rows=2, overlap=0)
    rows = read(reader, of, how, low="2026-01-01 00:00:00", name="worded")[1]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("name", "rows"), [("keyless", 4), ("nearly", 4), ("pair", 2)])
def test_without_one_unique_number_that_is_never_null_a_table_is_read_in_one_piece(reader, name, rows):
    more = [typed("b", "bigint", "bigint")] if name == "pair" else []
    of = contract(*more, typed("at", "bigint", "bigint"), key=("id", *(part.name for part in more)))
    opened = open_read(reader, of, fetch(page_rows=1), reader.describe(name), None)
    assert not opened.distinct_keys
    assert sum(batch.num_rows for batch in opened.batches) == rows


def test_a_sweep_brings_the_keys_alone(reader):
    batches = list(sweep_keys(reader, THINGS, fetch(row_filter="id > 9"), reader.describe("things")))
    assert pa.Table.from_batches(batches).to_pylist() == [{"id": 10}, {"id": 11}]


def test_an_empty_table_gives_no_row(reader):
    for how in (fetch(), fetch(cursor=BY_TIME)):
        assert read(reader, THINGS, how, name="nothing")[1] == []
        assert read(reader, THINGS, how, low="5", name="nothing")[1] == []


def test_what_is_offered_and_not_declared_is_the_drift_report(reader):
    assert check_table(reader, THINGS, reader.describe("offered")) == ["extra", "spare"]


# ---------------------------------------------------------------- connecting


def moved_to(server: Any, port: int) -> str:
    """The server's address with another port."""
    where, _, path = server.url(DATABASE).rpartition("/")
    return f"{where.rpartition(':')[0]}:{port}/{path}"


def test_a_database_that_does_not_exist_is_a_refused_login(server):
    nowhere = at(server, server.url("nowhere"))
    error = refused([server.password()], LoginRefused, "to database `nowhere`", nowhere.guard)
    assert "the database in its URL" in error.advice


def test_a_port_that_nobody_listens_on_is_unreachable(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = at(server, moved_to(server, port))
    says = f"127.0.0.1:{port} did not answer"
    assert refused([server.password()], SourceUnreachable, says, nobody.guard).retryable


def test_a_host_without_an_address_is_unreachable(server):
    nobody = at(server, server.url(DATABASE, host="replica.invalid"))
    refused([server.password()], SourceUnreachable, "replica.invalid:.* did not answer", nobody.guard)


def test_a_server_that_accepts_and_never_speaks_is_given_up(server):
    """As a proxy without a back end does, or another service on a mistyped port."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        mute = at(server, moved_to(server, silent.getsockname()[1]), Settings(connect_timeout=2))
        started = time.monotonic()
        refused([server.password()], SourceUnreachable, "did not answer", mute.guard)
        assert time.monotonic() - started < 10
