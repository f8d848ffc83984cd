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
from pipelines.sources.replica import open_read, open_reader
from pipelines.sources.replica.mysql import MySqlReader
from pipelines.sources.replica.reader import Select, check_table
from tests.landing.tables import classify, column, in_memory
from tests.sources.replica.things import contract, fetch

DATABASE = "reading"
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
THINGS_OF_IT = """
create table things (id bigint primary key, at bigint null); insert into things values (1, 5000), (2, 5000);
"""


@pytest.fixture(scope="module")
def place(mariadb):
    mariadb.create_database(DATABASE)
    mariadb.execute(EVERY_TYPE, DATABASE)
    mariadb.execute(THINGS_OF_IT, DATABASE)
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


# ---------------------------------------------------------------- the session


def test_text_literals_stay_literals(reader):
    for text in ("it's", "back\\slash", "\\' or 1=1 -- ", 'double"', "🏫"):
        connection = reader._connect()
        with connection.cursor() as cursor:
            cursor.execute(f"select {reader.text(text)}".replace("%", "%%"))
            assert cursor.fetchone() == (text,)


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
