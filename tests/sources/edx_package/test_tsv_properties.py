"""The reader inverts edX's writer, and agrees with a slow and plain reader on any bytes in any blocks."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.sources.edx_package.tsv import TsvRead
from tests.sources.edx_package.snapshots import (
    ENTITY,
    contract,
    in_blocks,
    plainly_read,
    read_all,
    rows_of,
    written,
)

TABLE = contract("id", "name", "goals")
HEADER = ("id", "name", "goals")
NASTY = some.sampled_from([*'\\\t\n\r"NUL\u2028\u0085\x0b\x1c\0é😀', "NULL", "\\N", "\\\\n", '""'])
TEXT = some.lists(NASTY | some.text(max_size=4), max_size=6).map("".join)
VALUE = some.none() | TEXT
ROWS = some.lists(some.tuples(VALUE, VALUE, VALUE), max_size=12)
PIECES = some.sampled_from([
    b"\t", b"\n", b"\r", b"\r\n", b'"', b'""', b"\\", b"\\\\", b"\\\n", b"\\\t", b"NULL", b"t", b"n",
    b"0", b"a",
    b"1\tb\tc\n", b'2\t"x"\t\n', b'3\t"a""b"\tNULL\r\n', b"\xff", b"\xc3", b"\xa9", b"\xed\xa0\x80", b"\0",
])  # fmt: skip
CELL = some.sampled_from(
    [b"a", b"NULL", b"", b"\\\\", b"\\t", b'"x"', b'"a""b"', b'""', b'"c', b'd"', b"\\\n", b"\xff"]
)
LINE = some.tuples(CELL, CELL, CELL).map(b"\t".join) | some.sampled_from([b"", b"\t", b'"\t"\t"\t"'])
LINES = some.tuples(some.lists(LINE, max_size=8), some.sampled_from([b"\n", b"\r\n"]), some.booleans()).map(
    lambda made: made[1].join(made[0]) + (made[1] if made[2] else b"")
)
BODY = some.lists(PIECES, max_size=30).map(b"".join) | LINES
BLOCK = some.sampled_from([1, 2, 3, 7, 64, 1 << 20])


def arrives(value: str | None) -> str | None:
    """What edX's writer loses of a value: NUL, and the difference between NULL and its name."""
    kept = value.replace("\0", "") if value is not None else None
    return None if kept == "NULL" else kept


@given(ROWS, BLOCK, BLOCK)
def test_the_reader_inverts_edxs_writer_for_any_text(rows, block, chunk):
    blocks = in_blocks(written(HEADER, rows), block)
    read = TsvRead(blocks, TABLE, FileFetch(format="tsv"), ENTITY, literal_quotes=True, chunk_bytes=chunk)
    assert rows_of(read) == [tuple(map(arrives, row)) for row in rows]
    assert not read.refused
    assert read.replaced == 0


@given(BODY, some.sampled_from([b"", b"\r", b"\xef\xbb\xbf"]), some.booleans(), BLOCK, BLOCK)
def test_any_bytes_are_read_as_the_plain_reader_reads_them(body, mark, escaped_raw, block, chunk):
    header = b"id\tname\tgoals" + (b"\r" if mark == b"\r" else b"")
    data = (mark if mark != b"\r" else b"") + header + b"\n" + body
    rows, read = read_all(data, TABLE, FileFetch(format="tsv", escaped_raw=escaped_raw), block, chunk)
    expected, refused = plainly_read(header + b"\n" + body, 3, escaped_raw)
    assert rows == [tuple(row) for row in expected]
    assert [line.payload["_line"] for line in read.refused] == refused
    assert read.bytes_read == len(data)


def test_every_short_cell_of_quotes_is_read_by_the_rule():
    fetch = FileFetch(format="tsv")
    for length in range(1, 8):
        for cell in map("".join, product('a"', repeat=length)):
            data = b"id\tname\tgoals\n1\t%s\t2\n" % cell.encode()
            assert read_all(data, TABLE, fetch)[0] == [tuple(plainly_read(data, 3, False)[0][0])], cell


def test_backslashes_may_fall_on_both_sides_of_a_cut():
    fetch = FileFetch(format="tsv", escaped_raw=True)
    for backslashes in range(6):
        data = b"id\tname\tgoals\n" + b"".join(
            b"%d\ta%s\nb\tc\n" % (n, b"\\" * backslashes) for n in range(3)
        )
        expected, _ = plainly_read(data, 3, True)
        for size in range(1, 40):
            assert read_all(data, TABLE, fetch, size, size)[0] == [tuple(row) for row in expected]


def test_a_mutated_file_keeps_its_balance_whatever_the_blocks(long_counts):
    chance = random.Random(5)
    sound = written(HEADER, [(str(n), f'é "{n}" \\ x', "a\tb\nc\rd" * (n % 5)) for n in range(80)])
    body = len("id\tname\tgoals\n")
    for _ in range(1_000 if long_counts else 40):
        mutated = bytearray(sound)
        for _ in range(chance.randint(1, 20)):
            at = chance.randrange(body, len(mutated))
            new = chance.choice(
                [b"", b"\t", b"\n", b"\r\n", b"\\", b'"', b"\xff", b"\0", bytes([chance.randrange(256)])]
            )
            mutated[at : at + chance.randint(0, 3)] = new
        if chance.random() < 0.2:
            del mutated[chance.randrange(body, len(mutated)) :]
        seen = [read_all(bytes(mutated), TABLE, block=size, chunk=size) for size in (7, 100, 1 << 20)]
        assert len({repr(rows) for rows, _ in seen}) == 1
        assert len({repr(read.refused) for _, read in seen}) == 1


@pytest.mark.parametrize("escaped_raw", [False, True])
def test_a_balance_that_does_not_hold_would_be_seen(escaped_raw, monkeypatch):
    """The rows are counted in raw bytes: a reader that loses one of them does not lose it there."""
    whole = TsvRead._batches_of
    monkeypatch.setattr(
        TsvRead, "_batches_of", lambda self, body: whole(self, memoryview(bytes(body).partition(b"\n")[2]))
    )
    fetch = FileFetch(format="tsv", escaped_raw=escaped_raw)
    with pytest.raises(AssertionError):
        read_all(written(HEADER, [("1", "a", "b"), ("2", "c", "d")]), TABLE, fetch)
