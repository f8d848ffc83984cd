"""A real MariaDB as a source: every type arrives exactly, pages and windows lose nothing over TLS."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.replica import open_read, open_reader, sweep_keys
from pipelines.sources.replica.mysql import MySqlReader
from pipelines.sources.replica.reader import Select, check_table
from tests.landing.tables import classify, column, in_memory
from tests.sources.replica.things import THINGS, Heard, contract, fetch, read

DATABASE = "reading"
BY_TIME = {"column": "at", "unit": "epoch_seconds"}
EVERY_TYPE = """
set session sql_mode = '';
create table every_type (
  id bigint primary key, flag tinyint(1), small smallint, medium mediumint, number int, large bigint unsigned,
  exact decimal(30,10), rough float, fine double, word varchar(40), letter longtext, raw blob,
  day date, moment datetime(6), stamp timestamp null, hours time, yr year, bits bit(1),
  choice enum('a','é'), choices set('x','y'), doc json);
insert into every_type values
 (1, 1, -5, 8388607, -2147483648, 18446744073709551615, 12345678901234567890.0123456789, 0.5, 0.1,
  concat('NUL', char(0), 'end 🏫'), repeat('é', 70000), x'00ff', '2026-01-02', '2026-01-02 03:04:05.678901',
  '2026-07-01 12:00:00', '-10:30:00', 2026, b'1', 'é', 'x,y', '{"a": 1}'),
 (2, 0, 0, 0, 0, 0, 0.0000000001, 0, 1e300, '', '', '', '0000-00-00', '0000-00-00 00:00:00', null,
  '00:00:00', 1999, b'0', 'a', '', '[]');
insert into every_type (id) values (3);
"""
MOVED = """
create table things (id bigint primary key auto_increment, at bigint null, seen bigint null);
insert into things (at, seen) values (5000,1), (5000,2), (5000,3), (5000,4), (5000,5), (4999,6), (5001,7),
  (null,8), (0,9), (20000000000,10), (100,5000);
create table keyless (id bigint, at bigint);
insert into keyless values (1,5000), (1,5000), (2,5000), (null,5000);
create table nearly (id bigint null unique, at bigint);
insert into nearly values (null,1), (null,2), (1,3), (2,4);
create table pair (id bigint, b bigint, at bigint, primary key (id, b));
insert into pair values (1,1,1), (1,2,1);
create table timed (id int primary key, at datetime(6));
insert into timed select seq, '2026-01-02 03:04:05.123456' from seq_1_to_7;
insert into timed values (8, '2026-01-02 03:04:05.123457'), (9, '2026-01-02 03:04:05.123'), (10, null);
create table worded (id int primary key, at varchar(40));
insert into worded select seq, '2026-01-02T03:04:05' from seq_1_to_5;
create table offered (id bigint primary key, at bigint, extra text, spare int);
"""


@pytest.fixture(scope="module")
def place(mariadb):
    mariadb.create_database(DATABASE)
    mariadb.execute(EVERY_TYPE, DATABASE)
    mariadb.execute(MOVED, DATABASE)
    return InstanceSettings.model_validate({"url": mariadb.url(DATABASE), "ca_file": mariadb.ca_file})


@pytest.fixture
def reader(place):
    opened = open_reader("shop", "main", place, Settings())
    opened.guard()
    yield opened
    opened.close()


def typed(name: str, kind: str, source_type: str, **more):
    return column(name, kind, source_type=source_type, **more)


TYPES: list[tuple[str, str, str, list[Any]]] = [
    ("flag", "bool", "tinyint", [True, False]),
    ("small", "bigint", "smallint", [-5, 0]),
    ("medium", "bigint", "mediumint", [8388607, 0]),
    ("number", "bigint", "int", [-2147483648, 0]),
    ("large", "text", "bigint", ["18446744073709551615", "0"]),
    ("exact", "decimal", "decimal", [Decimal("12345678901234567890.0123456789"), Decimal("1E-10")]),
    ("rough", "double", "float", [0.5, 0.0]),
    ("fine", "double", "double", [0.1, 1e300]),
    ("word", "text", "varchar", ["NUL\x00end 🏫", ""]),
    ("letter", "text", "longtext", ["é" * 70000, ""]),
    ("raw", "binary", "blob", [b"\x00\xff", b""]),
    ("day", "date", "date", [date(2026, 1, 2), None]),
    ("moment", "timestamp", "datetime", [datetime(2026, 1, 2, 3, 4, 5, 678901), None]),
    ("stamp", "timestamp", "timestamp", [datetime(2026, 7, 1, 12), None]),
    ("hours", "text", "time", ["-10:30:00", "00:00:00"]),
    ("yr", "bigint", "year", [2026, 1999]),
    ("bits", "bool", "bit", [True, False]),
    ("choice", "text", "enum", ["é", "a"]),
    ("choices", "text", "set", ["x,y", ""]),
    ("doc", "json", "longtext", ['{"a": 1}', "[]"]),
]


def test_every_type_arrives_exactly_and_null_as_null(reader):
    sizes = {"exact": {"precision": 30, "scale": 10}}
    of = contract(*(typed(name, kind, source, **sizes.get(name, {})) for name, kind, source, _ in TYPES))
    described = reader.describe("every_type")
    assert check_table(reader, of, described) == []
    opened = open_read(reader, of, fetch(), described, None)
    with in_memory() as warehouse:
        done = classify(warehouse, of, pa.Table.from_batches(list(opened.batches)))
    assert not done.refused
    rows = done.landed.to_pylist()
    for name, _, _, values in TYPES:
        assert [row[name] for row in rows] == [*values, None], name
    assert done.repairs == {("day", "zero_date"): 1, ("moment", "zero_date"): 1}


# ---------------------------------------------------------------- pages


def test_a_full_read_by_pages_of_two(reader):
    heard = Heard(reader)
    mode, rows = read(reader, THINGS, fetch(page_rows=2))
    assert (mode, [row["id"] for row in rows]) == ("full", list(range(1, 12)))
    assert len(heard.statements) == 6
    assert heard.statements[1].endswith("from `things` where (`id` > 2) order by `id` limit 2")


def test_ties_in_one_second_over_page_borders(reader):
    heard = Heard(reader)
    mode, rows = read(reader, THINGS, fetch(cursor=BY_TIME, page_rows=2, overlap=1), low="5000")
    # without a cursor first, then 4999 (the overlap), the five of one second, 5001; the far future is not yet
    assert (mode, [row["id"] for row in rows]) == ("window", [8, 9, 6, 1, 2, 3, 4, 5, 7])
    assert "`at` >= 4999) and (`at` < " in heard.statements[1]


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


def test_microseconds_over_page_borders(reader):
    of = contract(typed("at", "timestamp", "datetime"))
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=2, overlap=0)
    Heard(reader, at_most=9)
    rows = read(reader, of, how, low="2026-01-02 03:04:05.123456", name="timed")[1]
    assert [row["id"] for row in rows] == [10, 1, 2, 3, 4, 5, 6, 7, 8]


def test_times_written_as_text_over_page_borders(reader):
    of = contract(typed("at", "timestamp", "varchar"))
    how = fetch(cursor={"column": "at", "unit": "timestamp"}, page_rows=2, overlap=0)
    Heard(reader, at_most=9)
    rows = read(reader, of, how, low="2026-01-01 00:00:00", name="worded")[1]
    assert [row["id"] for row in rows] == [1, 2, 3, 4, 5]


def test_text_literals_stay_literals(reader):
    for text in ("it's", "back\\slash", "\\' or 1=1 -- ", 'double"', "🏫"):
        connection = reader._connect()
        with connection.cursor() as cursor:
            cursor.execute(f"select {reader.text(text)}".replace("%", "%%"))
            assert cursor.fetchone() == (text,)


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


def test_an_empty_table_gives_no_row(reader, mariadb):
    mariadb.execute("create or replace table nothing (id bigint primary key, at bigint)", DATABASE)
    for how in (fetch(), fetch(cursor=BY_TIME)):
        assert read(reader, THINGS, how, name="nothing")[1] == []
        assert read(reader, THINGS, how, low="5", name="nothing")[1] == []


def test_what_is_offered_and_not_declared_is_the_drift_report(reader):
    assert check_table(reader, THINGS, reader.describe("offered")) == ["extra", "spare"]


def test_the_clock_is_the_sources_own_in_utc(reader, mariadb):
    [(theirs,)] = mariadb.execute("select utc_timestamp()")
    assert abs((reader.clock() - theirs).total_seconds()) < 5


def test_the_session_reads_only_and_keeps_the_time_limit(place):
    reader = MySqlReader("shop/main", place, Settings(statement_timeout=7))
    reader.guard()
    asked = "select @@session.tx_read_only as id, @@session.max_statement_time as at"
    reader.sql = lambda select: asked  # type: ignore[method-assign]
    rows = [row for batch in reader.stream(Select("things", ())) for row in batch.to_pylist()]
    assert rows == [{"id": 1, "at": 7.0}]
    reader.close()


# ---------------------------------------------------------------- silence


def test_nothing_a_drivers_thread_prints_is_seen_while_a_stream_is_open(reader, capfd):
    """It reads ahead, and so may panic while we are busy with the batch before."""
    select = Select("things", (("`id`", "id"),))
    for _ in reader.stream(select):
        os.write(2, b"a value")
    os.write(2, b"and afterwards")
    assert capfd.readouterr().err == "and afterwards"
    unfinished = reader.stream(select)
    next(unfinished)
    unfinished.close()
    os.write(2, b"given up")
    assert capfd.readouterr().err == "given up"


def test_our_own_words_are_seen_all_the_same():
    program = (
        "import os, sys\n"
        "from pipelines.sources.replica.mysql_target import silenced\n"
        "with silenced(), silenced():\n"
        "    os.write(2, b'a value\\n')\n"
        "    print('progress', file=sys.stderr)\n"
        "os.write(2, b'afterwards\\n')\n"
        "print('and ours', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == "progress\nafterwards\nand ours\n"
