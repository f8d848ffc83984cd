"""SQLite files as a source: every value as it is, whatever its column was declared; refusals in words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipelines.errors import SourceUnreachable, SourceUnreadable, TableMismatch
from pipelines.sources.replica.reader import check_table
from pipelines.sources.replica.sqlite import SqliteReader
from pipelines.sources.replica.values import to_arrow
from tests.landing.tables import column
from tests.sources.replica.things import THINGS, contract, fetch, make, read, sqlite_reader


def test_values_keep_their_own_type_whatever_the_column_says(tmp_path):
    rows = [(1, "12"), (2, 12), (3, 1.5), (4, "a\x00é🏫"), (5, None)]
    path = make(tmp_path / "s.sqlite", "create table things (id integer primary key, at blob)", rows)
    with sqlite_reader(path) as reader:
        found = read(reader, THINGS, fetch())[1]
    assert [row["at"] for row in found] == ["12", "12", "1.5", "a\x00é🏫", None]


def test_one_value_that_is_not_utf_8_makes_bytes_of_its_batch(tmp_path):
    path = make(
        tmp_path / "s.sqlite", "create table things (id integer primary key, at)", [(1, "é"), (2, b"\xff")]
    )
    with sqlite_reader(path) as reader:
        assert [row["at"] for row in read(reader, THINGS, fetch())[1]] == ["é".encode(), b"\xff"]


@pytest.mark.parametrize(
    ("values", "kind", "python"),
    [
        ([1, None], pa.int64(), [1, None]),
        ([1.5, None], pa.float64(), [1.5, None]),
        ([1, 1.5, "x", b"y"], pa.string(), ["1", "1.5", "x", "y"]),
        (["it's", '"quoted"', ""], pa.string(), ["it's", '"quoted"', ""]),
        ([2**64 - 1, 1], pa.string(), ["18446744073709551615", "1"]),
        ([b"\xff", "é"], pa.binary(), [b"\xff", "é".encode()]),
        ([None, None], pa.string(), [None, None]),
        (["\ud800"], pa.binary(), [b"\xed\xa0\x80"]),
    ],
)
def test_python_values_to_arrow(values, kind, python):
    made = to_arrow(values)
    assert (made.type, made.to_pylist()) == (kind, python)


def test_only_an_integer_primary_key_is_a_key_to_page_by(tmp_path):
    for ddl, unique in {
        "create table things (id integer primary key, at)": {frozenset({"id"})},
        "create table things (id bigint primary key, at)": set(),
        "create table things (id integer, at, primary key (id, at))": set(),
        "create table things (id integer, at)": set(),
    }.items():
        path = make(tmp_path / f"{abs(hash(ddl))}.sqlite", ddl)
        with sqlite_reader(path) as reader:
            assert reader.describe("things").unique_keys == unique, ddl


def test_names_are_quoted(tmp_path):
    odd = 'or"der'
    path = make(
        tmp_path / "s.sqlite", 'create table things (id integer primary key, "or""der" text)', [(1, "x")]
    )
    of = contract(column(odd, source_type="text"))
    with sqlite_reader(path) as reader:
        assert read(reader, of, fetch())[1] == [{"id": 1, odd: "x"}]


def test_a_missing_table_and_a_missing_column_say_what_is_there(tmp_path):
    path = make(tmp_path / "s.sqlite", "create table things (id integer primary key, later bigint)", [(1, 5)])
    with sqlite_reader(path) as reader:
        with pytest.raises(
            TableMismatch, match=r"^shop/main has no table socks \(contract: shop\.things\)\. Check"
        ):
            check_table(reader, THINGS, reader.describe("socks"))
        with pytest.raises(TableMismatch, match=r"^shop/main: things lacks at; it offers id, later\. Change"):
            check_table(reader, THINGS, reader.describe("things"))


def test_a_missing_file_and_a_file_that_is_no_database_are_refused(tmp_path):
    with pytest.raises(
        SourceUnreachable, match=r"^shop/main: there is no file .*nowhere\.sqlite\. Check its URL"
    ):
        SqliteReader("shop/main", f"sqlite:///{tmp_path / 'nowhere.sqlite'}").guard()
    letter = tmp_path / "letter.sqlite"
    letter.write_text("Dear Ms Quillfeather, this is no database. " * 50)
    with pytest.raises(
        SourceUnreadable, match=r"^shop/main: .*letter\.sqlite could not be opened"
    ) as refused:
        SqliteReader("shop/main", f"sqlite:///{letter}").guard()
    assert "Quillfeather" not in str(refused.value)


def test_the_file_is_opened_read_only(tmp_path):
    path = make(tmp_path / "s.sqlite", "create table things (id integer primary key, at)", [(1, 5)])
    refused = pytest.raises(SourceUnreadable, match="could not be attacked")
    with sqlite_reader(path) as reader, refused, reader._translated("attacked"):
        reader._open().execute("delete from things")


def test_a_path_with_odd_characters_is_found(tmp_path):
    path = make(tmp_path / "a b?#ü.sqlite", "create table things (id integer primary key, at)", [(1, 5)])
    quoted = str(path).replace("?", "%3F").replace("#", "%23").replace(" ", "%20")
    reader = SqliteReader("shop/main", f"sqlite:///{quoted}")
    reader.guard()
    assert read(reader, THINGS, fetch())[1] == [{"id": 1, "at": 5}]
    reader.close()
