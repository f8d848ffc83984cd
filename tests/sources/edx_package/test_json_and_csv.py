"""The other formats: course structures, the forum, the e-mail opt-in."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.errors import TableMismatch
from pipelines.sources.edx_package import FileFetch, course_structure, read_file
from pipelines.sources.edx_package.times import plain_time, time_of_milliseconds
from tests.sources.edx_package.snapshots import ENTITY, contract, in_blocks, read_all, rows_of

BLOCKS = contract(*course_structure.COLUMNS, key=("block_id",), table="course_structure")
STRUCTURE = FileFetch(format="json_structure")
MONGO = FileFetch(format="mongo")
CSV = FileFetch(format="csv")


# ---------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("2013-02-05T05:00:00Z", "2013-02-05 05:00:00"), ("2013-12-13T02:59:58.520Z",
        "2013-12-13 02:59:58.520000"),
        ("2013-02-05T05:00:00+02:00", "2013-02-05 03:00:00"), ("2013-02-05 05:00:00", "2013-02-05 05:00:00"),
        ("2015-09-31T21:32:17Z", "2015-09-31T21:32:17Z"), ("0001-01-01T00:00:00+05:00",
        "0001-01-01T00:00:00+05:00"),
        ("2015-1-31 21:32:17", "2015-1-31 21:32:17"), ("2030-01-01", "2030-01-01"), ("soon", "soon"),
    ],
)  # fmt: skip
def test_a_time_is_plain_and_an_impossible_one_stays(text, plain):
    assert plain_time(text) == plain


def test_milliseconds_are_a_time():
    assert time_of_milliseconds(1358028106904) == "2013-01-12 22:01:46.904000"
    assert time_of_milliseconds(10**18) == str(10**18)


# ---------------------------------------------------------------- course structure


def structure(document: object, block: int = 1 << 20):
    return read_all(json.dumps(document, indent=2).encode(), BLOCKS, STRUCTURE, block)


def test_a_structure_is_one_row_a_block_with_its_place():
    rows, read = structure({
        "i4x://U/D/course/r": {"category": "course", "children": ["b1", "gone", "b2"],
                               "metadata": {"display_name": "Dé\ud83d\ude00",
                               "start": "2013-02-05T05:00:00Z", "tabs": []}},
        "b1": {"category": "sequential", "children": [], "metadata": {"graded": True, "format": "Quiz",
        "due": "never"}},
        "b2": {"category": "chapter", "children": "odd", "metadata": None},
        "b3": "no block",
    }, block=7)  # fmt: skip
    assert rows == [
        ("i4x://U/D/course/r", "course", None, None, "Dé😀", None, None, None, "2013-02-05 05:00:00", None),
        ("b1", "sequential", "i4x://U/D/course/r", "1", None, "true", "Quiz", "never", None, None),
        ("b2", "chapter", "i4x://U/D/course/r", "3", None, None, None, None, None, None),
    ]
    assert [(line.position, line.reason) for line in read.refused] == [(4, "shape")]
    assert (read.missing, read.undeclared) == ([], [])


def test_a_block_that_is_there_twice_is_two_rows():
    rows, _ = read_all(b'{"a": {"category": "x"}, "a": {"category": "y"}}', BLOCKS, STRUCTURE)
    assert [row[:2] for row in rows] == [("a", "x"), ("a", "y")]


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"\x80\x81",
        b'{"a": {"category": "x"}',
        b"[" * 100_000,
        b'{"a": %s}' % (b"1" * 5000),
    ],
)
def test_a_broken_structure_is_a_mismatch_of_that_file(text):
    with pytest.raises(TableMismatch, match="course_structure is no"):
        read_all(text, BLOCKS, STRUCTURE)


def test_a_structure_of_any_size_is_not_held(monkeypatch):
    monkeypatch.setattr(course_structure, "MAX_BYTES", 1000)
    with pytest.raises(TableMismatch, match="is larger than"):
        read_all(b'{"a": {}}' + b" " * 2000, BLOCKS, STRUCTURE, block=100)


@pytest.mark.parametrize(("data", "empty"), [(b"", True), (b"{}", False)])
def test_a_structure_without_blocks_has_no_rows(data, empty):
    rows, read = read_all(data, BLOCKS, STRUCTURE)
    assert (rows, read.empty) == ([], empty)


def test_a_lone_surrogate_in_json_is_replaced_and_counted():
    rows, read = read_all(b'{"a": {"category": "x\\ud800y"}}', BLOCKS, STRUCTURE)
    assert (rows[0][1], read.replaced) == ("x�y", 1)


# ---------------------------------------------------------------- forum


FORUM = contract(
    "_id", "type", "author_id", "comment_thread_id", "parent_id", "created_at", "updated_at", "endorsed",
    "votes_up",
    "votes_down", "votes_point", "abuse_flags", key=("_id",), table="forum",
)  # fmt: skip
THREAD = (
    b'{"_id": {"$oid": "50f1"}, "_type": "CommentThread", "author_id": "7", "author_username": "seven",'
    b' "body": "private words", "title": "also private", "created_at": {"$date": 1358028106904},'
    b' "updated_at": {"$date": "2013-12-13T02:59:58.520Z"}, "abuse_flaggers": ["3"],'
    b' "votes": {"up": ["48"], "down": [], "up_count": 1, "point": 1}}'
)
COMMENT = (
    b'{"_id": {"$oid": "50f2"}, "_type": "Comment", "comment_thread_id": {"$oid": "50f1"}, "parent_id": null,'
    b' "endorsed": false, "created_at": {"$date": {"$numberLong": "1358028106904"}}, "author_id": 8}'
)


def test_the_forum_is_flat_and_without_words():
    rows, read = read_all(THREAD + b"\n" + COMMENT + b"\n", FORUM, MONGO, block=11)
    assert rows == [
        ("50f1", "CommentThread", "7", None, None, "2013-01-12 22:01:46.904000",
        "2013-12-13 02:59:58.520000", None,
         "1", "0", "1", "1"),
        ("50f2", "Comment", "8", "50f1", None, "2013-01-12 22:01:46.904000", None, "false", None, None,
        None, None),
    ]  # fmt: skip
    assert read.undeclared == ["author_username", "body", "title"]
    assert "private" not in repr(rows)


@pytest.mark.parametrize(
    "bad", [b"", b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a": ' + b"1" * 5000 + b"}"]
)
def test_a_line_that_is_no_document_is_refused_and_the_others_are_read(bad):
    rows, read = read_all(THREAD + b"\n" + bad + b"\n" + COMMENT, FORUM, MONGO)
    assert [row[0] for row in rows] == ["50f1", "50f2"]
    assert [(line.position, line.reason, line.payload["_line"]) for line in read.refused] == [
        (2, "no_json", bad)
    ]


def test_odd_values_of_documents_do_not_stop():
    odd = b'{"_id": 5, "votes": [], "abuse_flaggers": {}, "created_at": {"$date": {"$numberLong": "x"}}}'
    rows, _ = read_all(odd, FORUM, MONGO)
    assert rows == [("5", None, None, None, None, "x", None, None, None, None, None, None)]


def test_an_empty_forum_has_no_rows():
    rows, read = read_all(b"", FORUM, MONGO)
    assert (rows, read.empty) == ([], True)


# ---------------------------------------------------------------- e-mail opt-in


OPT_IN = contract(
    "user_id", "username", "course_id", "full_name", key=("user_id", "course_id"), table="email_opt_in"
)
HEADER = ("user_id", "username", "full_name", "course_id")


def opt_in(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held).writerows([header, *rows])
    return held.getvalue().encode()


@given(some.lists(some.tuples(*[some.text(some.sampled_from('a",\n\r\t\\é😀\0 ')) for _ in HEADER]),
max_size=8),
       some.sampled_from([1, 3, 1000]))  # fmt: skip
def test_the_opt_in_reader_inverts_a_csv_writer(rows, block):
    read = read_file("csv", in_blocks(opt_in(*rows), block), OPT_IN, CSV, ENTITY)
    assert rows_of(read) == [(user, name, course, full) for user, name, full, course in rows]


def test_an_older_opt_in_has_no_user_id():
    rows, read = read_all(opt_in(("a", "n", "c"), header=HEADER[1:]), OPT_IN, CSV)
    assert (rows, read.missing) == ([(None, "a", "c", "n")], ["user_id"])


def test_one_stray_quote_costs_one_row():
    data = (
        opt_in(("1", "a", "n", "c"))
        + b'2,"b,n,c\r\n3,c,n,c\r\n4,d,"two\r\nlines",c\r\n5,e"f"g,n,c\r\n6,"a"b,n,c\r\n'
    )
    rows, read = read_all(data, OPT_IN, CSV, block=5)
    assert [row[0] for row in rows] == ["1", "3", "4", "5"]
    assert rows[2][3] == "two\r\nlines"
    assert [(line.position, line.reason) for line in read.refused] == [(2, "quotes"), (7, "quotes")]


def test_a_quote_over_many_lines_costs_one_row():
    data = (
        opt_in()
        + b'0,"b,n,c\r\n'
        + b"".join(b"%d,u,n,c\r\n" % number for number in range(1, 300))
        + b'x,"y"\r\n'
    )
    rows, read = read_all(data, OPT_IN, CSV)
    assert [row[0] for row in rows] == [str(number) for number in range(1, 300)]
    assert len(read.refused) == 2


def test_bytes_that_are_not_utf_8_are_replaced_and_counted():
    rows, read = read_all(opt_in() + b"1,\xff,n,c\r\n2,b\0b,n,c\r\n\r\n", OPT_IN, CSV)
    assert [row[1] for row in rows] == ["�", "b\0b"]
    assert (read.replaced, len(read.refused)) == (1, 1)


@pytest.mark.parametrize(("data", "empty"), [(b"", True), (opt_in(), False)])
def test_an_opt_in_without_rows(data, empty):
    rows, read = read_all(data, OPT_IN, CSV)
    assert (rows, read.empty) == ([], empty)


def test_a_first_line_that_is_no_header_is_not_shown():
    with pytest.raises(TableMismatch) as refused:
        read_all(b"7,seven,Seven Learner,c\r\n", OPT_IN, CSV)
    assert "even" not in str(refused.value)
