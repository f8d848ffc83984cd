"""Stream files: records of JSON one after the other, without line ends, cut into lines.

A brace within a string is no brace: strings are told by their quotes, all at once for a block.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

import numpy as np

from pipelines.errors import SourceUnreadable
from pipelines.sources.edx_log.gunzip import gunzip

_QUOTE, _BACKSLASH, _OPEN, _CLOSE = 0x22, 0x5C, 0x7B, 0x7D
_MOST_BYTES = 64 << 20
_GZIP = b"\x1f\x8b"


def unpacked(blocks: Iterable[bytes]) -> Generator[bytes, None, None]:
    """The content, gunzipped where it is gzip: its name and its headers may say anything."""
    stream = (block for block in blocks if block)
    first = next(stream, b"")
    if len(first) == 1:
        first += next(stream, b"")

    def whole() -> Generator[bytes, None, None]:
        yield first
        yield from stream

    yield from gunzip(whole()) if first.startswith(_GZIP) else whole()


def record_lines(blocks: Iterable[bytes]) -> Generator[bytes, None, None]:
    """The same content with each record on a line of its own; what is no record is a line, too.

    Raises SourceUnreadable when a record is longer than 64 MB.
    """
    rest = b""
    for block in blocks:
        text = rest + block
        ends = _ends(text)
        yield from _lines(text, ends)
        rest = text[ends[-1] :] if len(ends) else text
        if len(rest) > _MOST_BYTES:
            raise SourceUnreadable(
                f"A record of a stream file is longer than {_MOST_BYTES >> 20} MB.",
                "Look at how the stream is delivered.",
            )
    if rest.strip(b" \t\r\n,"):
        yield rest.replace(b"\n", b" ") + b"\n"


def _ends(text: bytes) -> np.ndarray:
    """Where records end: after a brace that closes the outermost one."""
    array = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(array == _QUOTE)
    after_backslash = quotes[(quotes > 0) & (array[quotes - 1] == _BACKSLASH)]
    escaped = [at for at in after_backslash.tolist() if _is_escaped(text, at)]
    quotes = np.setdiff1d(quotes, np.array(escaped, np.int64), assume_unique=True)
    braces = np.flatnonzero((array == _OPEN) | (array == _CLOSE))
    braces = braces[np.searchsorted(quotes, braces) % 2 == 0]
    depth = np.cumsum(np.where(array[braces] == _OPEN, 1, -1))
    return braces[depth == 0] + 1


def _is_escaped(text: bytes, at: int) -> bool:
    before = at
    while before and text[before - 1] == _BACKSLASH:
        before -= 1
    return (at - before) % 2 == 1


def _lines(text: bytes, ends: np.ndarray) -> Generator[bytes, None, None]:
    if not len(ends):
        return
    starts = [0, *ends[:-1].tolist()]
    pieces = (text[start:end].strip(b" \t\r\n,") for start, end in zip(starts, ends.tolist(), strict=True))
    yield b"".join(piece.replace(b"\n", b" ") + b"\n" for piece in pieces if piece)
