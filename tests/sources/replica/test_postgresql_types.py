"""A real PostgreSQL standby as a source: every type arrives exactly, or its row is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from pipelines.sources.replica import open_read
from pipelines.sources.replica.reader import check_table
from tests.landing.tables import classify, in_memory
from tests.sources.replica.on_postgresql import at, typed
from tests.sources.replica.things import contract, fetch, read

DATABASE = "types"
EVERY_TYPE = r"""
create type mood as enum ('a','é');
create domain amount as numeric(12,2); create domain fee as amount;
create table every_type (
  id bigint primary key, small smallint, number integer, flag boolean, rough real, fine double precision,
  exact numeric(30,10), whole numeric(12,0), any_size numeric, price fee, word varchar(40), padded char(5),
  letter text, raw bytea, day date, moment timestamp, stamp timestamptz, hours time, zoned timetz,
  span interval, uid uuid, doc json, docb jsonb, choice mood, numbers integer[], words text[], choices mood[],
  address inet, bits bit(3), marks xml, seats int4range, cash money);
insert into every_type values
 (1, -5, -2147483648, true, 0.5, 0.1, 12345678901234567890.0123456789, 12, 1.10, 1.10, 'é 🏫', 'ab',
  repeat('é', 70000), '\x00ff', '2026-01-02', '2026-01-02 03:04:05.678901', '2026-07-01 12:00:00.5+01',
  '10:30', '10:30+02', '1 day 02:00:00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a":  1}', '{"a":  1}',
  'é', '{1,null,3}', '{a,"b,c"}', '{a,é}', '10.0.0.1', '101', '<a/>', '[1,5)', '1234.5'),
 (2, 0, 0, false, 0, 1e300, 0.0000000001, -1, -0.000, -0.01, '', '', '', '', '0001-01-01',
  '9999-12-31 23:59:59.999999', '1970-01-01 00:00:00+00', '00:00', '00:00-08', '-1 month', null, '[]', 'null',
  'a', '{}', '{NULL,"NULL"}', '{}', '::1', '000', '', 'empty', '-0.01');
insert into every_type (id) values (3);
"""


@pytest.fixture(scope="module")
def server(postgresql):
    postgresql.create_database(DATABASE)
    postgresql.execute(EVERY_TYPE, DATABASE)
    return postgresql


@pytest.fixture
def reader(server):
    opened = at(server, DATABASE)
    yield opened
    opened.close()


TYPES: list[tuple[str, str, str, list[Any]]] = [
    ("small", "bigint", "smallint", [-5, 0]),
    ("number", "bigint", "integer", [-2147483648, 0]),
    ("flag", "bool", "boolean", [True, False]),
    ("rough", "double", "real", [0.5, 0.0]),
    ("fine", "double", "double precision", [0.1, 1e300]),
    ("exact", "decimal", "numeric", [Decimal("12345678901234567890.0123456789"), Decimal("1E-10")]),
    ("whole", "bigint", "numeric", [12, -1]),
    ("any_size", "decimal", "numeric", [Decimal("1.10"), Decimal(0)]),
    ("price", "decimal", "numeric", [Decimal("1.10"), Decimal("-0.01")]),
    ("word", "text", "varchar", ["é 🏫", ""]),
    ("padded", "text", "char", ["ab", ""]),
    ("letter", "text", "text", ["é" * 70000, ""]),
    ("raw", "binary", "bytea", [b"\x00\xff", b""]),
    ("day", "date", "date", [date(2026, 1, 2), date(1, 1, 1)]),
    ("moment", "timestamp", "timestamp",
     [datetime(2026, 1, 2, 3, 4, 5, 678901), datetime(9999, 12, 31, 23, 59, 59, 999999)]),
    ("stamp", "timestamp", "timestamptz", [datetime(2026, 7, 1, 11, 0, 0, 500000), datetime(1970, 1, 1)]),
    ("hours", "text", "time", ["10:30:00", "00:00:00"]),
    ("zoned", "text", "timetz", ["10:30:00+02", "00:00:00-08"]),
    ("span", "text", "interval", ["P1DT2H", "P-1M"]),
    ("uid", "text", "uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", None]),
    ("doc", "json", "json", ['{"a":  1}', "[]"]),
    ("docb", "json", "jsonb", ['{"a": 1}', "null"]),
    ("choice", "text", "enum", ["é", "a"]),
    ("numbers", "text", "integer[]", ["{1,NULL,3}", "{}"]),
    ("words", "text", "text[]", ['{a,"b,c"}', '{NULL,"NULL"}']),
    ("choices", "text", "mood[]", ["{a,é}", "{}"]),
    ("address", "text", "inet", ["10.0.0.1/32", "::1/128"]),
    ("bits", "text", "bit", ["101", "000"]),
    ("marks", "text", "xml", ["<a/>", ""]),
    ("seats", "text", "int4range", ["[1,5)", "empty"]),
    ("cash", "decimal", "money", [Decimal("1234.50"), Decimal("-0.01")]),
]  # fmt: skip


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


def test_what_no_target_type_can_hold_is_refused_alone_and_never_another_value(reader, server):
    """Infinities, years beyond 1 to 9999, NaN: the driver itself would make wrong dates of some of them."""
    server.execute(
        "drop table if exists edges; create table edges (id bigint primary key, day date, moment timestamp, "
        "stamp timestamptz, price numeric, fine double precision);"
        "insert into edges (id, day) values (1, 'infinity'), (2, '-infinity'), (3, '0044-03-15 BC'),"
        " (4, '12026-01-01');"
        "insert into edges (id, moment) values (5, 'infinity'), (6, '-infinity'), (7, '0044-03-15 BC'),"
        " (8, '294276-12-31 23:59:59');"
        "insert into edges (id, stamp) values (9, 'infinity'), (10, '-infinity'), (11, '4713-01-01 BC');"
        "insert into edges (id, price) values (12, 'NaN'), (13, 'Infinity'), (14, 1e50), (15, 0.001);"
        "insert into edges (id, fine) values (16, 'NaN'), (17, '-Infinity');"
        "insert into edges values "
        "(18, '2026-01-02', '2026-01-02 03:04:05', '2026-01-02 03:04:05+00', 1.5, 2.5)",
        DATABASE,
    )
    of = contract(
        typed("day", "date", "date"), typed("moment", "timestamp", "timestamp"),
        typed("stamp", "timestamp", "timestamptz"), typed("price", "decimal", "numeric"),
        typed("fine", "double", "double precision"),
    )  # fmt: skip
    opened = open_read(reader, of, fetch(), reader.describe("edges"), None)
    with in_memory() as warehouse:
        done = classify(warehouse, of, pa.Table.from_batches(list(opened.batches)))
    good = datetime(2026, 1, 2, 3, 4, 5)
    [row] = done.landed.to_pylist()
    assert [row[c.name] for c in of.columns] == [18, good.date(), good, good, Decimal("1.50"), 2.5]
    assert [(each.position + 1, each.reason, each.column) for each in done.refused] == [
        *((number, "not_a_date", "day") for number in range(1, 5)),
        *((number, "not_a_timestamp", "moment") for number in range(5, 9)),
        *((number, "not_a_timestamp", "stamp") for number in range(9, 12)),
        *((number, "number_not_lossless", "price") for number in range(12, 16)),
        *((number, "number_not_lossless", "fine") for number in range(16, 18)),
    ]
    shown = {each.position + 1: each.payload[each.column] for each in done.refused}
    assert (shown[1], shown[2], shown[3], shown[4]) == ("infinity", "-infinity", "-043-03-15", "12026-01-01")
    assert (shown[5], shown[6], shown[9], shown[10]) == ("infinity", "-infinity") * 2
    assert shown[7].startswith("-043-03-15T00:00:00") and shown[11].startswith("-4712-01-01")


def test_types_of_one_family_are_no_change(reader):
    same = [
        ("bigint", "integer"), ("text", "character varying"), ("varchar(40)", "text"),
        ("timestamp", "timestamp with time zone"),
        ("double", "double precision"), ("decimal(12,2)", "numeric"), ("bool", "boolean"), ("json", "jsonb"),
        ("datetime", "timestamp without time zone"), ("tinyint", "smallint"), ("longtext", "text"),
        ("varchar[]", "text[]"), ("enum", "enum"), ("uuid", "uuid"),
    ]  # fmt: skip
    assert [pair for pair in same if not reader.same_type(*pair)] == []
    other = [
        ("bigint", "text"), ("decimal", "double precision"), ("timestamp", "date"), ("text", "bytea"),
        ("bool", "integer"), ("text", "text[]"), ("bigint", "interval"), ("uuid", "text"),
    ]  # fmt: skip
    assert [pair for pair in other if reader.same_type(*pair)] == []


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_texts_of_other_encodings(postgresql, encoding):
    """Latin-1 is converted by the server; SQL_ASCII is whatever bytes the application wrote."""
    name = f"encoded_{encoding.lower()}"
    postgresql.execute(f"drop database if exists {name}")
    postgresql.execute(
        f"create database {name} encoding '{encoding}' template template0 lc_collate 'C' lc_ctype 'C'"
    )
    postgresql.execute(
        r"create table things (id int primary key, word text); insert into things values "
        r"(1, convert_from('\xe9', 'LATIN1')), (2, 'plain')"
        if encoding == "LATIN1"
        else r"create table things (id int primary key, word text); insert into things values "
        r"(1, convert_from('\xff', 'SQL_ASCII')), (2, 'plain'), (3, convert_from('\xc3a9', 'SQL_ASCII'))",
        name,
    )
    reader = at(postgresql, name)
    rows = read(reader, contract(typed("word", "text", "text")), fetch())[1]
    reader.close()
    expected: list[str | bytes] = ["é", "plain"] if encoding == "LATIN1" else [b"\xff", b"plain", b"\xc3\xa9"]
    assert [row["word"] for row in rows] == expected
