"""gzip taken off a stream: whole content or an error, wherever the stream was cut, altered or filled up."""

from __future__ import annotations

import gzip
import random

import pytest

from pipelines.errors import SourceUnreadable
from pipelines.sources.edx_log import gunzip

PLAIN = random.Random(3).randbytes(500) + b'{"username": "heron"}\n' * 400
WHOLE = gzip.compress(PLAIN, mtime=0)


def content(packed: bytes, block: int = 1 << 16) -> bytes:
    return b"".join(gunzip(packed[at : at + block] for at in range(0, len(packed), block)))


@pytest.mark.parametrize("block", [1, 7, 100, 1 << 16])
def test_blocks_of_any_size_give_the_content(block):
    assert content(WHOLE, block) == PLAIN


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
def test_several_files_one_after_the_other_are_one_content(block):
    assert content(WHOLE + gzip.compress(b"") + gzip.compress(b"more\n"), block) == PLAIN + b"more\n"


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
def test_zeros_after_the_end_are_left_out(block):
    assert content(WHOLE + b"\0" * 1024, block) == PLAIN
    assert content(WHOLE + b"\0" * 10 + gzip.compress(b"more\n"), block) == PLAIN + b"more\n"


def test_nothing_has_no_content():
    assert content(b"") == content(gzip.compress(b"")) == b""
    assert list(gunzip([b"", b""])) == []


@pytest.mark.parametrize("packed", [b"\0" * 64, b"{}\n", b"PK\x03\x04 a zip", WHOLE + b"more", PLAIN])
def test_what_is_no_gzip_is_refused(packed):
    with pytest.raises(SourceUnreadable) as refused:
        content(packed)
    assert_says_nothing_of_it(refused)


def test_cut_anywhere_is_refused(long_counts):
    for end in range(1, len(WHOLE), 1 if long_counts else 37):
        with pytest.raises(SourceUnreadable, match=r"cut off|no gzip"):
            content(WHOLE[:end])


def test_a_bit_flipped_anywhere_is_refused_or_changes_nothing(long_counts):
    """Of the head of a gzip some bits say nothing: its time, its system."""
    changed = 0
    for at in range(0, len(WHOLE), 1 if long_counts else 23):
        altered = bytearray(WHOLE)
        altered[at] ^= 1 << at % 8
        try:
            assert content(bytes(altered)) == PLAIN
        except SourceUnreadable as refused:
            changed += 1
            assert "heron" not in str(refused)
    assert changed > len(range(0, len(WHOLE), 1 if long_counts else 23)) / 2


def test_zeros_that_were_packed_a_thousandfold_come_in_small_pieces():
    packed = gzip.compress(bytes(64 << 20))
    assert len(packed) < 100_000
    sizes = [len(piece) for piece in gunzip([packed])]
    assert sum(sizes) == 64 << 20
    assert max(sizes) <= 4 << 20


def assert_says_nothing_of_it(refused: pytest.ExceptionInfo[SourceUnreadable]) -> None:
    text = str(refused.value)
    assert "heron" not in text
    assert refused.value.__cause__ is None
