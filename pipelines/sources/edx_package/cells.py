"""Values of a column as edX wrote them: quotes taken off, escapes undone, bytes made text. All columnar."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_ESCAPES = {rb"\t": b"\t", rb"\n": b"\n", rb"\r": b"\r", rb"\0": b"\0"}
_ESCAPED_RAW = {b"\\\t": b"\t", b"\\\n": b"\n"}
_QUOTE, _BACKSLASH = 0x22, 0x5C


def all_quoted(text: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> bool:
    """Whether each cell that holds a `"` is quoted as RFC 4180 says: one at each end, those inside doubled.

    `text` is bytes as uint8; `starts` and `ends` are the cells' places in it, ascending.
    """
    quotes = np.flatnonzero(text == _QUOTE)
    cells = np.searchsorted(ends, quotes, side="right")
    inside = cells < len(ends)
    quotes, cells = quotes[inside], cells[inside]
    inside = quotes >= starts[cells]
    quotes, cells = quotes[inside], cells[inside]
    if not len(quotes):
        return True
    # a run of quotes is at its cell's start, at its end, both or neither; the outermost ones are not doubled
    first = np.flatnonzero(np.diff(quotes, prepend=-2) != 1)
    lengths = np.diff(first, append=len(quotes))
    at_start = quotes[first] == starts[cells[first]]
    at_end = quotes[first] + lengths == ends[cells[first]]
    doubled = (lengths % 2 == 0) == (at_start == at_end)
    quoted = 1 + np.count_nonzero(np.diff(cells))
    return bool(doubled.all() and at_start.sum() == quoted and at_end.sum() == quoted)


def unquoted(column: pa.BinaryArray) -> tuple[pa.BinaryArray, int]:
    """The column without the quotes around values, inner ones single; and how many values had them."""
    if not _holds(column, _QUOTE):
        return column, 0
    quoted = pc.fill_null(pc.starts_with(column, pattern=b'"'), False)
    count = pc.sum(quoted).as_py() or 0
    if not count:
        return column, 0
    inner = pc.binary_slice(column.filter(quoted), 1, -1)
    plain = pc.replace_substring(inner, pattern=b'""', replacement=b'"')
    return pc.replace_with_mask(column, quoted, plain), count


def unescaped(column: pa.BinaryArray, escaped_raw: bool) -> pa.BinaryArray:
    r"""One scan from left to right: `\\`, `\t`, `\n`, `\r`, `\0`; an unknown escape keeps both characters.

    Pairs of backslashes are cut out first: what then stands behind a backslash is what it escapes.
    """
    if not _holds(column, _BACKSLASH):
        return column
    has_any = pc.fill_null(pc.match_substring(column, pattern=b"\\"), False)
    parts = pc.split_pattern(column.filter(has_any), pattern=b"\\\\")
    pieces = parts.flatten()
    if pc.any(pc.match_substring(pieces, pattern=b"\\")).as_py():  # not so in JSON: it has only pairs
        for escape, character in (_ESCAPES | (_ESCAPED_RAW if escaped_raw else {})).items():
            pieces = pc.replace_substring(pieces, pattern=escape, replacement=character)
    joined = pc.binary_join(pa.ListArray.from_arrays(parts.offsets, pieces), pa.scalar(b"\\", pa.binary()))
    return pc.replace_with_mask(column, has_any, joined)


def _holds(column: pa.BinaryArray, byte: int) -> bool:
    """Whether the byte is anywhere in a column that was just taken, so that all of its buffer is its own."""
    values = column.buffers()[2]
    return values is not None and bool((np.frombuffer(values, np.uint8) == byte).any())


def as_text(column: pa.BinaryArray, replaced: np.ndarray) -> pa.StringArray:
    """The column as UTF-8; bytes that are not become U+FFFD and mark their row in `replaced`."""
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_decoded(value, row, replaced) for row, value in enumerate(column.to_pylist())],
                        pa.string())  # fmt: skip


def _decoded(value: bytes | None, row: int, replaced: np.ndarray) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        replaced[row] = True
        return value.decode(errors="replace")
