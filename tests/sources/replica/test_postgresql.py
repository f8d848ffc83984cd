"""A real PostgreSQL standby as a source: pages and windows lose nothing, the session is ours."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest

from pipelines.settings import Settings
from pipelines.sources.replica import open_read
from pipelines.sources.replica.reader import BATCH_ROWS, Select, check_table
from tests.landing.tables import column
from tests.servers.postgresql import PostgreSql
from tests.sources.replica.on_postgresql import at, one, typed
from tests.sources.replica.things import THINGS, Heard, contract, fetch, read

DATABASE = "reading"
BY_MOMENT = {"column": "at", "unit": "timestamp"}
MOVED = """
create table things (id bigint generated always as identity primary key, at bigint, seen bigint);
insert into things (at, seen) values (5000,1), (5000,2), (5000,3), (5000,4), (5000,5), (4999,6), (5001,7),
  (null,8), (0,9), (20000000000,10), (100,5000);
create table few (id bigint not null, at bigint); create unique index on few (id) where at > 0;
insert into few values (1,0), (1,0), (2,1);
create table lower (id bigint not null, at bigint); create unique index on lower ((id + 1));
insert into lower values (1,0), (2,1);
create table parent (id bigint primary key, at bigint); create table child () inherits (parent);
insert into parent values (1,1); insert into child values (1,2), (2,3);
create table span (id interval primary key, at bigint); insert into span values ('1 day', 1), ('2 days', 2);
create table included (id int not null, at bigint, extra text);
create unique index on included (id) include (extra);
insert into included select g, 5000 from generate_series(1, 5) g;
create table parts (id int, at bigint, primary key (id)) partition by range (id);
create table parts_1 partition of parts for values from (0) to (3);
create table parts_2 partition of parts for values from (3) to (100);
insert into parts select g, 5000 from generate_series(1, 5) g;
create view seen as select id, at from parts;
create materialized view stored as select id, at from parts; create unique index on stored (id);
create table timed (id int primary key, at timestamp);
insert into timed select g, '2026-01-02 03:04:05.123456' from generate_series(1, 7) g;
insert into timed values (8, '2026-01-02 03:04:05.123457'), (9, '2026-01-02 03:04:05.123'), (10, null);
create table zoned (id int primary key, at timestamptz);
insert into zoned select id, at at time zone 'UTC' from timed;
create table counted (id int primary key, at numeric(20,0));
insert into counted select g, 12345678901234567890 + g from generate_series(1, 9) g;
create table offered (id bigint primary key, at bigint, extra text, gone text, spare int);
alter table offered drop column gone;
create table moments (id int primary key, stamp timestamptz, length interval);
insert into moments values (1, '2026-07-01 12:00:00.5+01', '1 day 02:00:00');
create schema "Odd ""one"; create table "Odd ""one"."Thïngs ""x" ("Id" int primary key, "A b" text);
insert into "Odd ""one"."Thïngs ""x" values (1, 'it''s'), (2, null);
create table "Odd ""one".things (id bigint primary key, at bigint);
"""


@pytest.fixture(scope="module")
def server(postgresql):
    postgresql.create_database(DATABASE)
    postgresql.execute(MOVED, DATABASE)
    return postgresql


@pytest.fixture
def reader(server):
    opened = at(server, DATABASE)
    yield opened
    opened.close()


# ---------------------------------------------------------------- pages


def test_a_sequence_of_more_digits_than_a_double_has(reader):
    of = contract(typed("at", "text", "numeric"))
    how = fetch(cursor={"column": "at", "unit": "sequence"}, page_rows=2, overlap=0)
    Heard(reader, at_most=9)
    opened = open_read(reader, of, how, reader.describe("counted"), "12345678901234567892")
    assert opened.cursor_high == "12345678901234567900"
    assert [row["id"] for batch in opened.batches for row in batch.to_pylist()] == list(range(2, 10))


@pytest.mark.parametrize(("name", "source_type"), [("timed", "timestamp"), ("zoned", "timestamptz")])
def test_microseconds_over_page_borders(reader, name, source_type):
    of = contract(typed("at", "timestamp", source_type))
    Heard(reader, at_most=9)
    how = fetch(cursor=BY_MOMENT, page_rows=2, overlap=0)
    rows = read(reader, of, how, low="2026-01-02 03:04:05.123456", name=name)[1]
    assert [row["id"] for row in rows] == [10, 1, 2, 3, 4, 5, 6, 7, 8]


def fill_many(server: PostgreSql) -> int:
    rows = 3 * BATCH_ROWS + 5
    server.execute(
        "drop table if exists many; create table many (id bigint primary key, at bigint); "
        f"insert into many select g, g from generate_series({rows}, 1, -1) g",
        DATABASE,
    )
    return rows


def test_a_page_of_many_batches_keeps_its_order_and_its_size(reader, server):
    rows = fill_many(server)
    opened = open_read(reader, THINGS, fetch(), reader.describe("many"), None)
    batches = list(opened.batches)
    assert max(batch.num_rows for batch in batches) <= BATCH_ROWS
    assert pa.Table.from_batches(batches)["id"].to_pylist() == list(range(1, rows + 1))


@pytest.mark.parametrize(
    ("name", "rows"),
    [("few", 3), ("lower", 2), ("parent", 3), ("span", 2), ("seen", 5), ("stored", 5)],
)
def test_without_one_unique_number_that_is_never_null_a_table_is_read_in_one_piece(reader, name, rows):
    opened = open_read(reader, THINGS, fetch(page_rows=1), reader.describe(name), None)
    assert not opened.distinct_keys
    assert sum(batch.num_rows for batch in opened.batches) == rows


@pytest.mark.parametrize("name", ["included", "parts"])
def test_a_unique_number_that_is_never_null_is_a_key_to_page_by(reader, name):
    heard = Heard(reader)
    opened = open_read(reader, THINGS, fetch(page_rows=2), reader.describe(name), None)
    assert opened.distinct_keys
    assert [row["id"] for batch in opened.batches for row in batch.to_pylist()] == [1, 2, 3, 4, 5]
    assert len(heard.statements) == 3


def test_what_is_offered_and_not_declared_is_the_drift_report_without_dropped_columns(reader):
    assert check_table(reader, THINGS, reader.describe("offered")) == ["extra", "spare"]


def test_another_schema_and_names_of_any_characters(server, reader):
    assert reader.describe('Thïngs "x').columns == {}
    odd = at(server, DATABASE, url=server.url(DATABASE) + "?schema=Odd+%22one")
    of = contract(column("A b", source_type="text"), column("Id", "bigint", source_type="int"), key=("Id",))
    described = odd.describe('Thïngs "x')
    assert described.unique_keys == {frozenset({"Id"})}
    of = type(of)(**{**of.__dict__, "columns": of.columns[1:]})
    rows = [row for batch in open_read(odd, of, fetch(page_rows=1), described, None).batches
            for row in batch.to_pylist()]  # fmt: skip
    assert rows == [{"A b": "it's", "Id": 1}, {"A b": None, "Id": 2}]
    assert read(odd, THINGS, fetch())[1] == []  # its own `things`, not that of public
    odd.close()


def test_text_literals_stay_literals(reader):
    for text in ("it's", "back\\slash", "\\' or 1=1 -- ", 'double"', "🏫", "%s", "$1"):
        assert one(reader, reader.text(text)) == text


# ---------------------------------------------------------------- the session


def test_the_clock_is_the_sources_own_in_utc(reader, server):
    [(theirs,)] = server.query("select cast(clock_timestamp() at time zone 'UTC' as timestamp)")
    assert abs((reader.clock() - theirs).total_seconds()) < 5
    assert reader.clock().tzinfo is None and reader.clock().microsecond == 0


def test_each_chunk_is_a_transaction_of_its_own_that_reads_one_state_only(server):
    reader = at(server, DATABASE, Settings(statement_timeout=7))
    for name, value in {
        "transaction_isolation": "repeatable read", "transaction_read_only": "on",
        "default_transaction_read_only": "on", "statement_timeout": "7s", "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "5min", "TimeZone": "UTC", "client_encoding": "UTF8",
        "application_name": "education-warehouse",
    }.items():  # fmt: skip
        assert one(reader, f"current_setting('{name}')") == value
    began = [one(reader, "cast(now() as text)") for _ in range(2)]
    assert began[0] != began[1]
    reader.close()


def test_one_connection_for_guard_catalogue_and_rows(reader, server):
    reader.describe("things")
    read(reader, THINGS, fetch(page_rows=2))
    ours = "select pid from pg_stat_activity where usename = 'reader' and datname = 'reading'"
    assert len(server.standby.query(ours)) == 1
    assert reader.connections_opened == 2  # the driver's own look at the types, and ours


def test_a_read_that_is_given_up_leaves_nothing_behind(reader, server):
    fill_many(server)
    unfinished = reader.stream(Select("many", (('"id"', "id"),), order=('"id"',)))
    next(unfinished)
    unfinished.close()
    assert [row["id"] for row in read(reader, THINGS, fetch())[1]] == list(range(1, 12))


def test_a_role_with_odd_defaults_gets_our_session_all_the_same(server):
    server.execute(
        "create role odd login password 'odd'; grant pg_read_all_data to odd;"
        "alter role odd set timezone = 'Asia/Kolkata'; alter role odd set datestyle = 'German, DMY';"
        "alter role odd set intervalstyle = 'postgres_verbose'; alter role odd set extra_float_digits = -5;"
        "alter role odd set search_path = 'pg_catalog'; alter role odd set statement_timeout = 500;"
        "alter role odd set default_transaction_isolation = 'read committed'"
    )
    url = server.url(DATABASE).replace(f"reader:{server.password()}", "odd:odd")
    reader = at(server, DATABASE, url=url)
    of = contract(typed("stamp", "timestamp", "timestamptz"), typed("length", "text", "interval"))
    rows = read(reader, of, fetch(), name="moments")[1]
    assert rows == [{"id": 1, "stamp": datetime(2026, 7, 1, 11, 0, 0, 500000), "length": "P1DT2H"}]
    how = fetch(cursor=BY_MOMENT, overlap=0)
    moved = contract(typed("at", "timestamp", "timestamptz"))
    rows = read(reader, moved, how, low="2026-01-02 03:04:05.123457", name="zoned")[1]
    assert [row["id"] for row in rows] == [10, 8]
    reader.close()
    server.execute("drop role odd")
