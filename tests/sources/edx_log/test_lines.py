"""Logs cut into lines: the same lines however the blocks fall, and only text in what is to be read."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SourceUnreadable
from pipelines.sources.edx_log import OFFSET, RAW, OddLine, log_lines
from tests.sources.edx_package.snapshots import in_blocks

Read = tuple[list[tuple[int, bytes]], list[OddLine], int, int, int]
PIECES = [
    b'{"a": 1}', b"{}", b'[{"a": 1}]', b"[]", b"1", b'"{}"', b"", b" ", b"#", b"# {}", b"\xff", b"{\xff}",
    b'Jun  3 host {"a": 1}', b'{"a": 1} tail', b"\xef\xbb\xbf{}", b'{"a": "\xe2\x80\xa8"}', b"{\0}", b"{",
    b"}", b"}{", b"null", b"NaN", b"\xed\xa0\xbd", "{é}".encode(), b"[" * 3_000, b"{'a': None}", b"\x85{}",
]  # fmt: skip
ENDS = [b"\n", b"\r\n", b"\n\n", b"\r\r\n", b" \n"]


def read(content: bytes, block: int = 1 << 20, chunk: int = 1 << 20) -> Read:
    """(offset, text) in order; what is refused; and the counts."""
    found: list[tuple[int, bytes]] = []
    refused: list[OddLine] = []
    rows = blank = cut_free = 0
    for part in log_lines(in_blocks(content, block), chunk):
        part.lines[RAW].validate(full=True)
        places = zip(part.lines[OFFSET].to_pylist(), part.lines[RAW].cast("binary").to_pylist(), strict=True)
        found += [(place, raw.rstrip(b"\r\n")) for place, raw in places if raw is not None]
        refused += part.refused
        rows, blank, cut_free = rows + part.rows, blank + part.blank, cut_free + part.cut_free
        assert part.rows == len(part.lines.filter(part.lines[RAW].is_valid())) + part.blank + len(
            part.refused
        )
    return sorted(found), sorted(refused, key=lambda line: line.offset), rows, blank, cut_free


def one(line: bytes) -> tuple[bytes | None, str | None]:
    """What is to be read of one line, or why it is refused; neither for a blank one."""
    found, refused, rows, blank, _ = read(line + b"\n")
    assert (rows, len(found) + len(refused) + blank) == (1, 1)
    return (found[0][1] if found else None, refused[0].reason if refused else None)


LOGS = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(ENDS)), max_size=12)


@given(LOGS, st.binary(max_size=6), st.integers(1, 40), st.sampled_from([1, 2, 5, 64, 4_000]))
def test_blocks_and_chunks_of_any_size_give_the_same_lines(pieces, last, block, chunk):
    content = b"".join(piece + end for piece, end in pieces) + last
    whole = read(content)
    assert read(content, block, chunk) == whole
    ends = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    assert whole[2] == ends


@given(LOGS)
def test_a_line_is_where_it_says(pieces):
    content = b"".join(piece + end for piece, end in pieces)
    found, refused, *_ = read(content)
    for place, raw in found:
        assert place == 0 or content[place - 1 : place] == b"\n"
        assert raw in content[place:].partition(b"\n")[0]
    for line in refused:
        assert content[line.offset :].startswith(line.raw)


@given(st.lists(st.binary(max_size=30), max_size=6))
def test_no_byte_that_is_not_text_is_to_be_read(lines):
    """DuckDB's functions of text may never end on one: each is wrapped so that it looks like an object."""
    content = b"".join(b"{" + line.replace(b"\n", b"") + b"}\n" for line in lines)
    found, refused, *_ = read(content)
    for _, raw in found:
        raw.decode()
    assert len(found) + len(refused) == len(lines)


@pytest.mark.parametrize(
    ("line", "raw", "reason"),
    [
        (b'{"a": 1}', b'{"a": 1}', None),
        (b'{"a": 1}\r', b'{"a": 1}', None),
        (b'\xef\xbb\xbf{"a": 1}', b'{"a": 1}', None),
        (b'Sep  9 00:00:48 localhost {"a": 1}', b'{"a": 1}', None),
        (b'2023-05-23 13:53:13,461 INFO 20 [tracking] logger.py:41 - {"a": 1}', b'{"a": 1}', None),
        (b'  {"a": 1}  ', b'{"a": 1}', None),
        (b'{"a": "\xe2\x80\xa8 \xc2\x85"}', b'{"a": "\xe2\x80\xa8 \xc2\x85"}', None),
        (b"", None, None), (b"\r", None, None), (b" \t ", None, None), (b"# {}", None, None),
        (b"  # comment", None, None),
        (b"[1, 2]", None, "no_object"), (b'[{"a": 1}]', None, "no_object"), (b'"{}"', None, "no_object"),
        (b"null", None, "no_object"), (b"NaN", None, "no_object"), (b"12", None, "no_object"),
        (b'{"a": ', None, "not_json"), (b"Bad gateway", None, "not_json"), (b"} {", None, "not_json"),
        (b"[" * 100_000, None, "not_json"), (b"[" * 100_000 + b"]" * 100_000, None, "not_json"),
        (b'{"a": "\xff"}', None, "not_utf8"), (b"\xff", None, "not_utf8"), (b"x {\xc3}", None, "not_utf8"),
        (b'{"a": "\xed\xa0\xbd"}', None, "not_utf8"), (b'{"a": "\xf4\x90\x80\x80"}', None, "not_utf8"),
        (b'{"a": "\xc0\x80"}', None, "not_utf8"), (b"\xff\xfe{\0}\0", None, "not_utf8"),
        (b"{\0}\0", b"{\0}", None),
    ],
)  # fmt: skip
def test_a_line_of_each_kind(line, raw, reason):
    assert one(line) == (raw, reason)


def test_a_character_that_lies_across_two_lines_spoils_both_and_no_third():
    """Each half is no text alone, though together they are."""
    half, other = "é".encode()[:1], "é".encode()[1:]
    found, refused, *_ = read(b'{"a": 1}\n{"b' + half + b"}\n{" + other + b'"}\n{"a": 2}\n')
    assert [raw for _, raw in found] == [b'{"a": 1}', b'{"a": 2}']
    assert [line.reason for line in refused] == ["not_utf8", "not_utf8"]


@pytest.mark.parametrize("size", [5 << 20, 40 << 20])
def test_a_very_long_line_is_one_line(size):
    long = b'{"a": "' + b"x" * size + b'"}'
    found, refused, rows, *_ = read(b"{}\n" + long + b"\n{}", chunk=1 << 20)
    assert [(len(raw)) for _, raw in found] == [2, len(long), 2]
    assert (refused, rows) == ([], 3)


def test_a_line_of_more_than_64_mb_is_refused_before_it_is_in_memory():
    asked = 0

    def endless() -> Iterable[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b"x" * (1 << 20)

    with pytest.raises(SourceUnreadable, match="longer than 64 MB"):
        list(log_lines(endless()))
    assert asked < 64 + 20


def test_many_lines_with_bad_bytes_do_not_take_for_ever():
    lines = [b'{"a": "\xff"}', b'{"a": 1}'] * 20_000
    started = time.monotonic()
    found, refused, *_ = read(b"\n".join(lines))
    assert (len(found), len(refused)) == (20_000, 20_000)
    assert time.monotonic() - started < 20


def test_memory_that_is_used_again_is_so_only_after_the_next_were_asked_for():
    """With three memories a block stays as it is while two more are made: one waits, one is on its way."""
    content = b"".join(b'{"n": %05d}\n' % number for number in range(1_000))
    held: list[tuple[Any, bytes]] = []
    for part in log_lines(in_blocks(content, 100), 200, memories=3):
        held.append((part.lines, b"".join(part.lines[RAW].cast("binary").to_pylist())))
        for lines, text in held[-3:]:
            assert b"".join(lines[RAW].cast("binary").to_pylist()) == text
    assert b"".join(text for _, text in held) == content
