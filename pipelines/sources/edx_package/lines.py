"""Blocks of bytes cut into chunks of whole lines; a line ends at LF and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

from pipelines.errors import SourceUnreadable

CHUNK_BYTES = 8 << 20
MAX_LINE_BYTES = 64 << 20
_PART_BYTES = 64 << 10
_ROOM_BYTES = 1 << 20  # for the block with which a chunk is full
# an odd number of backslashes before a raw LF: it belongs to the value
ESCAPED_LF = re.compile(rb"(?<!\\)(?:\\\\)*\\\n")


def line_ends(block: bytes) -> int:
    """How many LFs it holds: `bytes.count` takes six times as long. By parts that stay in the cache."""
    text = np.frombuffer(block, np.uint8)
    return sum(
        int(np.count_nonzero(text[start : start + _PART_BYTES] == 0x0A))
        for start in range(0, len(text), _PART_BYTES)
    )


def line_chunks(blocks: Iterable[bytes], chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Chunks of at least `chunk_bytes` that end with a line's end; the last one as the file ends.

    Raises SourceUnreadable when a line is longer than 64 MB, before memory is.
    """
    return (bytes(chunk) for chunk in passing_chunks(blocks, chunk_bytes=chunk_bytes))


def passing_chunks(
    blocks: Iterable[bytes], escaped_raw: bool = False, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[memoryview]:
    """The same chunks, each in the memory of the one before, which is gone once the next is asked for.

    Fresh memory is dear: the system clears it page by page. Each view begins where its `obj` begins.
    """
    memory, usual = memoryview(bytearray()), chunk_bytes + min(chunk_bytes, _ROOM_BYTES)
    size = 0
    for piece in _pieces(blocks, chunk_bytes):
        if size + len(piece) > len(memory):
            room = max(size + len(piece), min(4 * size, usual))  # most files are small
            memory = memoryview(bytearray(memory[:size]) + bytes(room - size))
        memory[size : size + len(piece)] = piece
        size += len(piece)
        if size < chunk_bytes:
            continue
        end = _end_of_lines(piece, escaped_raw)
        if end:
            rest = len(piece) - end
            yield memory[: size - rest]
            memory[:rest] = piece[end:]
            size = rest
        elif size > MAX_LINE_BYTES:
            raise SourceUnreadable(
                f"A line of a file is longer than {MAX_LINE_BYTES >> 20} MB, so it is no file of a package.",
                "Ask edX for the package again.",
            )
    if size:
        yield memory[:size]


def _pieces(blocks: Iterable[bytes], most: int) -> Iterator[bytes]:
    for block in blocks:
        if len(block) <= most:
            yield block
        else:
            yield from (block[start : start + most] for start in range(0, len(block), most))


def _end_of_lines(piece: bytes, escaped_raw: bool) -> int:
    """Where the last line ends that surely ends in this piece; 0: none does."""
    end = piece.rfind(b"\n") + 1
    while escaped_raw and end and (is_escaped(piece, end - 1) or not piece[: end - 1].rstrip(b"\\")):
        end = piece.rfind(b"\n", 0, end - 1) + 1  # the backslashes may begin in the piece before
    return end


def is_escaped(text: bytes | memoryview, at: int) -> bool:
    """Whether an odd number of backslashes stands before this byte."""
    before = at
    while before and text[before - 1] == 0x5C:
        before -= 1
    return (at - before) % 2 == 1
