"""Snapshot files: each rule of the format, each kind of bad file."""

from __future__ import annotations

import pyarrow as pa
import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.errors import SourceUnreadable, TableMismatch
from pipelines.sources.edx_package import POSITION, FileFetch, ReadAgain, lines, read_file
from pipelines.sources.edx_package.tsv import TsvRead
from tests.sources.edx_package.snapshots import ENTITY, contract, in_blocks, read_all, written

TABLE = contract("id", "name", "goals")
TSV = FileFetch(format="tsv")


def names_of(data: bytes, **fetch) -> list[str | None]:
    """The values of `name` in rows `id, name, goals`."""
    rows, read = read_all(b"id\tname\tgoals\n" + data, TABLE, FileFetch(format="tsv", **fetch))
    assert not read.refused
    return [row[1] for row in rows]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (rb"a\nb", "a\nb"), (rb"a\\nb", "a\\nb"), (rb"\\\\", "\\\\"), (rb"C:\\temp\\new", "C:\\temp\\new"),
        (rb"x\r\ny", "x\r\ny"), (b"", ""), (b"NULL", None), (rb"\N", "\\N"), (b"end\\", "end\\"),
        (rb"a\0b", "a\0b"),
        (rb"\\\t", "\\\t"), (b"'it''s'", "'it''s'"), (b"raw\rreturn", "raw\rreturn"), (b"a\0b", "a\0b"),
        ("\u2028\u0085\x0b\x1c".encode(), "\u2028\u0085\x0b\x1c"), ("😀 Ã©".encode(), "😀 Ã©"), (b"null",
        "null"),
        (b"=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"), (b"NULL ", "NULL "), (rb"\NULL", "\\NULL"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_it_was_written(cell, value):
    assert names_of(b"1\t" + cell + b"\tx\n") == [value]


def test_a_field_of_megabytes_is_one_value():
    long = "ab\\\t" * 700_000
    rows, _ = read_all(
        written(("id", "name", "goals"), [("1", long, "x"), ("2", "y", None)]), TABLE, block=65_536
    )
    assert rows == [("1", long, "x"), ("2", "y", None)]


def test_a_row_too_wide_or_too_narrow_is_refused_and_nothing_shifts():
    data = b"id\tname\tgoals\n1\ta\tb\n2\ttoo\tmany\tcells\n3\tfew\n\n4\tc\td\n"
    rows, read = read_all(data, TABLE)
    assert rows == [("1", "a", "b"), ("4", "c", "d")]
    assert [(line.position, line.reason) for line in read.refused] == [
        (2, "width"),
        (3, "width"),
        (4, "width"),
    ]
    assert read.refused[0].payload == {"_header": "id\tname\tgoals", "_line": b"2\ttoo\tmany\tcells"}


def test_positions_are_row_numbers_below_the_header():
    blocks = [b"id\tname\tgoals\n1\ta\tb\nbad\n3\tc\td\n"]
    batch = next(read_file("tsv", blocks, TABLE, TSV, ENTITY).batches())
    assert batch.column(POSITION).to_pylist() == [1, 3]
    assert batch.schema.field(POSITION).type == pa.int64()
    assert batch.column("_entity").to_pylist() == [ENTITY, ENTITY]
    assert [field.name for field in batch.schema] == ["_entity", "id", "name", "goals", POSITION]
    assert {str(field.type) for field in batch.schema} == {"string", "int64"}


def test_a_last_line_without_its_end_is_a_row():
    rows, _ = read_all(b"id\tname\tgoals\n1\ta\tb", TABLE)
    assert rows == [("1", "a", "b")]


@pytest.mark.parametrize(
    ("data", "empty"), [(b"", True), (b"id\tname\tgoals\n", False), (b"id\tname\tgoals", False)]
)
def test_empty_and_header_only_files_have_no_rows(data, empty):
    rows, read = read_all(data, TABLE)
    assert (rows, read.rows_read, read.empty, read.missing) == ([], 0, empty, [])


def test_batches_are_bounded():
    data = b"id\tname\tgoals\n" + b"1\t\t\n" * 250_000
    sizes = [batch.num_rows for batch in read_file("tsv", [data], TABLE, TSV, ENTITY).batches()]
    assert (sum(sizes), max(sizes)) == (250_000, 100_000)


def test_a_line_without_an_end_is_given_up_before_memory_is(monkeypatch):
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 1000)
    read = TsvRead([b"id\tname\tgoals\n", *[b"x" * 300] * 10], TABLE, TSV, ENTITY, chunk_bytes=100)
    with pytest.raises(SourceUnreadable, match="A line of a file is longer"):
        list(read.batches())


# ---------------------------------------------------------------- headers over the years


def test_columns_are_found_by_name_in_any_order():
    rows, read = read_all(b"goals\tid\tname\nb\t1\ta\n", TABLE)
    assert rows == [("1", "a", "b")]
    assert (read.missing, read.undeclared) == ([], [])


def test_new_and_missing_columns_are_named_and_missing_ones_are_null():
    rows, read = read_all(b"id\tphone_number\tname\nx\t07700\ty\n", TABLE)
    assert rows == [("x", "y", None)]
    assert (read.missing, read.undeclared) == (["goals"], ["phone_number"])


def test_an_older_name_stands_for_the_declared_column():
    table = contract("hash_id", "user_id", "username", key=("hash_id",), table="user_id_map")
    fetch = FileFetch(format="tsv", aliases={"id": "user_id"})
    assert read_all(b"hash_id\tid\tusername\nff\t3\thonor\n", table, fetch)[0] == [("ff", "3", "honor")]
    assert read_all(b"hash_id\tuser_id\tusername\nff\t3\thonor\n", table, fetch)[0] == [("ff", "3", "honor")]
    rows, read = read_all(b"id\thash_id\tuser_id\tusername\n9\tff\t3\thonor\n", table, fetch)
    assert (rows, read.undeclared) == ([("ff", "3", "honor")], ["id"])


def test_a_file_without_any_column_of_the_key_is_refused_without_showing_it():
    first = b"7\tlearner_seven\tseven@example.com\tname\n8\tlearner_eight\teight@example.com\tx\n"
    with pytest.raises(TableMismatch) as refused:
        read_all(first, TABLE)
    said = str(refused.value)
    assert "edx.auth_user has no column of the key (id): it has 4 columns" in said
    assert "name" in said
    assert "seven" not in said
    assert refused.value.facts["table"] == "auth_user"


def test_a_part_of_the_key_that_is_missing_is_null():
    table = contract("user_id", "course_id", key=("user_id", "course_id"))
    rows, read = read_all(b"user_id\n3\n", table)
    assert (rows, read.missing) == ([("3", None)], ["course_id"])


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(TableMismatch, match="two columns name"):
        read_all(b"id\tname\tname\n1\ta\tb\n", TABLE)


def test_a_byte_order_mark_is_no_part_of_a_name():
    assert read_all(b"\xef\xbb\xbfid\tname\tgoals\n1\ta\tb\n", TABLE)[0] == [("1", "a", "b")]


# ---------------------------------------------------------------- bytes that are not UTF-8


@pytest.mark.parametrize(
    ("cell", "value"),
    [(b"caf\xe9", "caf�"), (b"\xed\xa0\x80", "���"), (b"\xf0\x9f\x98", "�"), (b"\xff\\t\xc3", "�\t�")],
)
def test_other_bytes_are_replaced_and_their_rows_counted(cell, value):
    rows, read = read_all(b"id\tname\tgoals\n1\t" + cell + b"\t\xff\n2\tgood\tNULL\n", TABLE)
    assert rows == [("1", value, "�"), ("2", "good", None)]
    assert read.replaced == 1


# ---------------------------------------------------------------- rules of a whole file


def test_quotes_are_data_when_one_cell_is_not_quoted_as_csv_is():
    assert names_of(b'1\t"a"\tx\n2\tb"c\tx\n') == ['"a"', 'b"c']
    assert names_of(b'1\t"a"\tx\n2\t"b"c"\tx\n') == ['"a"', '"b"c"']
    assert names_of(b'1\t{"a": "b"}\tx\n') == ['{"a": "b"}']
    assert names_of(b'1\t"a" and "b"\tx\n') == ['"a" and "b"']
    assert names_of(b'1\t"\tx\n') == ['"']


def test_quotes_go_when_every_cell_that_has_one_is_quoted_as_csv_is():
    assert names_of(b'1\t"{""old_names"": [""a""]}"\tx\n2\tplain\t"y"\n') == ['{"old_names": ["a"]}', "plain"]
    assert names_of(b'1\t""\tx\n2\t""""\tx\n3\t"NULL"\tx\n') == ["", '"', "NULL"]


def test_a_quote_that_comes_too_late_makes_the_file_be_read_again():
    data = b'id\tname\tgoals\n1\t"a"\tx\n2\t5" wide\tx\n'
    read = TsvRead(in_blocks(data, 10), TABLE, TSV, ENTITY, chunk_bytes=10)
    with pytest.raises(ReadAgain) as again:
        list(read.batches())
    assert again.value.how == {"literal_quotes": True, "literal_returns": True}
    rows, _ = read_all(data, TABLE, block=10, chunk=10)
    assert rows == [("1", '"a"', "x"), ("2", '5" wide', "x")]


def test_rows_of_the_wrong_width_say_nothing_about_quotes():
    rows, read = read_all(b'id\tname\tgoals\n1\t"a"\tx\n2\t"b\tc"\tx\n', TABLE)
    assert rows == [("1", "a", "x")]
    assert len(read.refused) == 1


def test_a_return_ends_a_line_only_when_it_ends_all_of_them():
    assert read_all(b"id\tname\tgoals\r\n1\ta\tb\r\n2\tc\tNULL\r\n", TABLE)[0] == [
        ("1", "a", "b"),
        ("2", "c", None),
    ]
    assert read_all(b"id\tname\tgoals\r\n1\ta\tb\r\n2\tc\td\r", TABLE)[0][1] == ("2", "c", "d")
    assert read_all(b"id\tname\tgoals\r\n1\ta\tb\r\n2\tc\td", TABLE)[0][1] == ("2", "c", "d")
    mixed = b"id\tname\tgoals\r\n1\ta\tb\r\n2\tc\td\n"
    assert read_all(mixed, TABLE)[0] == [("1", "a", "b\r"), ("2", "c", "d")]
    assert read_all(b"id\tname\tgoals\n1\ta\tb\r\n", TABLE)[0] == [("1", "a", "b\r")]


def test_a_backslash_before_a_raw_tab_or_line_end_keeps_it_in_the_value():
    data = b"1\ta\\\tb\\\nc\\\\\tx\n2\tplain\t\\\\\n"
    assert names_of(data, escaped_raw=True) == ["a\tb\nc\\", "plain"]


def test_an_escaped_end_at_the_files_end_is_still_a_row():
    rows, _ = read_all(b"id\tname\tgoals\n1\ta\tb\\\n", TABLE, FileFetch(format="tsv", escaped_raw=True))
    assert rows == [("1", "a", "b\n")]
    rows, _ = read_all(b"id\tname\tgoals\n1\ta\\\nb\tc\\", TABLE, FileFetch(format="tsv", escaped_raw=True))
    assert rows == [("1", "a\nb", "c\\")]


def test_the_state_of_a_problem_is_the_json_that_edx_means():
    state = rb'{\\"answer\\":\\"correct\\", \\"n\\": \\"a\\\\nb\\"}'
    assert names_of(b"1\t" + state + b"\tx\n", escaped_raw=True) == [
        r"{\"answer\":\"correct\", \"n\": \"a\\nb\"}"
    ]


@pytest.mark.parametrize("nothing", [b"", b"None", b"null", b"NULL"])
def test_nothing_is_null_in_a_number_and_stays_in_a_text(nothing):
    table = load_contract(contract_path("edx")).tables["grades_persistentcoursegrade"]
    data = b"user_id\tletter_grade\tpercent_grade\n7\t" + nothing + b"\t" + nothing + b"\n"
    rows, _ = read_all(data, table)
    names = [column.name for column in table.fetched if column.name != "_entity"]
    row = dict(zip(names, rows[0], strict=True))
    assert row["user_id"] == "7"
    assert row["percent_grade"] is None
    assert row["letter_grade"] == (None if nothing == b"NULL" else nothing.decode())
