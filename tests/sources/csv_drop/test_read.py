"""CSV files as people save them: encodings, delimiters, line ends, headers, lines that are no rows."""

from __future__ import annotations

import hashlib

import pytest

from pipelines.errors import SourceUnreadable, TableMismatch
from pipelines.sources.csv_drop import ReadAgain
from tests.sources.csv_drop.shop_files import reading, rows_of

HEADER = "code,title,sold_on\n"
ROWS = [(1, "a1", "Café", "2026-01-02"), (2, "b2", "x,y", None)]
TEXT = HEADER + 'a1,Café,2026-01-02\nb2,"x,y",\n'


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        (TEXT.encode(), "utf-8, delimiter ',', LF"),
        (TEXT[:-1].encode(), "utf-8, delimiter ',', LF"),
        (TEXT.encode("utf-8-sig"), "utf-8 with a byte order mark, delimiter ',', LF"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8, delimiter ',', CRLF"),
        (TEXT.replace("\n", "\r").encode(), "utf-8, delimiter ',', CR"),
        (TEXT.encode("utf-16"), "utf-16-le with a byte order mark, delimiter ',', LF"),
        (("\n\r\n" + TEXT).replace("b2", "\n\nb2").encode(), "utf-8, delimiter ',', CRLF"),
        (HEADER.replace(",", ";").encode() + "a1;Café;2026-01-02\nb2;x,y;\n".encode(),
         "utf-8, delimiter ';', LF"),
        (HEADER.replace(",", "\t").encode() + "a1\tCafé\t2026-01-02\nb2\tx,y\t\n".encode(),
         "utf-8, delimiter '\\t', LF"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_the_same_rows_however_they_are_written(content, read_as, size):
    read = reading(content, size)
    assert rows_of(read) == ROWS
    assert read.sha256 == hashlib.sha256(content).hexdigest()
    assert read.read_as == read_as


def test_what_is_not_utf8_at_all_is_read_again_as_windows_writes_it():
    content = TEXT.encode("cp1252")
    with pytest.raises(ReadAgain) as again:
        rows_of(reading(content))
    read = reading(content, encoding=again.value.encoding)
    assert rows_of(read) == ROWS
    assert read.read_as.startswith("cp1252")


def test_many_lines_in_another_encoding_need_no_look_at_the_rest(monkeypatch):
    monkeypatch.setattr("pipelines.sources.csv_drop.read._ENOUGH", 2)
    content = HEADER.encode() + "a1,Café,\n".encode("cp1252") * 10_000
    read = reading(content, size=1000)
    with pytest.raises(ReadAgain):
        rows_of(read)
    assert read.bytes_read < len(content)


def test_of_a_file_in_two_encodings_only_rows_that_are_not_utf8_come_as_bytes():
    content = TEXT.encode() + "c3,Größe,\n".encode("cp1252")
    rows = rows_of(reading(content))
    assert [row[2] for row in rows] == ["Café".encode(), b"x,y", b"Gr\xf6\xdfe"]


def test_a_declared_encoding_is_kept_to():
    with pytest.raises(SourceUnreadable, match="not written in utf-16"):
        rows_of(reading(TEXT.encode()[:-1], encoding="utf-16"))
    assert rows_of(reading(TEXT.encode("latin-1"), encoding="iso8859-1")) == ROWS


def test_lines_that_are_no_rows_are_told_apart_and_none_takes_another_with_it():
    read = reading(
        HEADER.encode()
        + b"a1,one,\n"
        + b'b2,"never closed,\n'
        + b'c3,"two\nlines",\n'
        + b"d4,too,many,cells\n"
        + b'e5,5" pipe,\n'
        + b",,\n"
        + b"\n"
        + b'f6,"said ""so""",2026-01-01\n'
        + b'g7,"cut at the end'
    )
    assert rows_of(read) == [
        (1, "a1", "one", None), (3, "c3", "two\nlines", None), (7, "f6", 'said "so"', "2026-01-01"),
    ]  # fmt: skip
    assert [(row.position, row.reason) for row in read.refused] == [
        (2, "quotes"), (4, "width"), (5, "quotes"), (8, "quotes"),
    ]  # fmt: skip
    assert read.refused[0].payload == {"_header": HEADER.strip(), "_line": b'b2,"never closed,\n'}
    assert (read.rows_read, read.rows_empty) == (8, 1)


def test_an_unclosed_quote_takes_no_more_than_its_line_of_a_long_file(monkeypatch):
    monkeypatch.setattr("pipelines.sources.csv_drop.records._LONGEST", 1000)
    line = b"a1,one,\n"
    read = reading(HEADER.encode() + line * 10 + b'b2,"open,\n' + line * 20_000, size=70_000)
    assert len(rows_of(read)) == 20_010
    assert [(row.position, row.reason) for row in read.refused] == [(11, "quotes")]


def test_a_header_in_another_order_and_other_words_is_known():
    read = reading(
        b"Sold-On ;note;TITLE; Item Code\n31/12/2026;x;one;a1\n2026-01-01;;two;b2\n32/12/2026;;three;c3\n",
        headers={"item code": "code"}, dates={"sold_on": "%d/%m/%Y"},
    )  # fmt: skip
    assert rows_of(read) == [
        (1, "a1", "one", "2026-12-31"), (2, "b2", "two", "2026-01-01"), (3, "c3", "three", "32/12/2026"),
    ]  # fmt: skip
    assert read.header is not None
    assert read.header.undeclared == ["note"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\r\n", "empty"),
        (b"Winifred,Oakes,w@oakes.example\na,b,c\n", "lacks code, title, sold_on"),
        (b"code,title\na,b\n", "lacks sold_on"),
        (b"code,title,sold_on,Title\na,b,,c\n", "title more than once"),
        (b"x" * (2 << 20), "no line end in its first megabyte"),
    ],
)
def test_a_file_with_another_header_is_refused_without_quoting_it(content, said):
    with pytest.raises(TableMismatch, match=said) as refused:
        rows_of(reading(content))
    assert "Winifred" not in str(refused.value)


def test_a_column_that_a_file_may_lack_is_empty():
    read = reading(b"code,title\na1,one\n", optional=["sold_on"])
    assert rows_of(read) == [(1, "a1", "one", None)]
    assert read.header is not None
    assert read.header.missing == ["sold_on"]


def test_texts_that_a_spreadsheet_would_run_are_counted_and_kept():
    read = reading(HEADER.encode() + b'=1+1,"@SUM(A1)",\n-5,+44 20,\n+cmd|x,-,\n')
    assert [row[1:3] for row in rows_of(read)] == [("=1+1", "@SUM(A1)"), ("-5", "+44 20"), ("+cmd|x", "-")]
    assert read.formulas == {"code": 2, "title": 1}
