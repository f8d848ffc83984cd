"""64 bits that tell a row's landed values from others, made column by column: no Python runs per row.

The value of a column becomes a word: a number by its bits, a text or bytes by its length and its words of
eight bytes. Each word is stirred into the row's in the order of the contract. The steps are written out
here and in decision 005, so that no other version of a library changes them.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_Words = np.ndarray
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio
_HALF = np.uint64(32)
_NOTHING = np.uint64(0xD6E8FEB86659FD93)  # any number: what NULL is
_SHORT_WORDS = 32  # longer texts are few, and better left to one call for each
_LOOKED_AT = 4_000


def row_hashes(table: pa.Table, names: list[str]) -> pa.Array:
    """int64, one a row: of the values of these columns, in this order."""
    rows = np.zeros(table.num_rows, np.uint64)
    for name in names:
        column = table[name]
        rows = _stirred(rows, _words(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)))
    return pa.array(_stirred(rows, np.uint64(len(names))).view(np.int64))


def _stirred(words: _Words, other: _Words | np.uint64) -> _Words:
    """`words`, which were stirred before, and `other`: differs wherever one of the two does."""
    words = words ^ other
    words *= _ODD
    words ^= words >> _HALF
    words *= _ODD
    words ^= words >> _HALF
    return words


def _words(values: pa.Array) -> _Words:
    """One word for each value of a column."""
    if pa.types.is_null(values.type):
        return np.full(len(values), _NOTHING)
    words = _each_once(values) if _is_text(values.type) else _of_numbers(values)
    if values.null_count:
        words = np.where(values.is_null().to_numpy(zero_copy_only=False), _NOTHING, words)
    return words


def _is_text(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_string, pa.types.is_binary, pa.types.is_large_string, pa.types.is_large_binary)
    return any(is_one(kind) for is_one in kinds)


def _each_once(values: pa.Array) -> _Words:
    """The words of values that repeat are made once: a course, a block, a person in many rows."""
    first = values.slice(0, _LOOKED_AT)
    if 2 * pc.count_distinct(first, mode="all").as_py() > len(first):
        return _of_texts(values)
    coded = values.dictionary_encode()
    if not len(coded.dictionary):
        return np.zeros(len(values), np.uint64)
    return _of_texts(coded.dictionary)[pc.fill_null(coded.indices, 0).to_numpy()]


def _of_numbers(values: pa.Array) -> _Words:
    """By their bits; what is hidden under a NULL is not looked at."""
    kind = values.type
    if pa.types.is_boolean(kind):
        return pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(np.uint64)
    if pa.types.is_decimal128(kind):
        parts = np.frombuffer(values.buffers()[1], np.uint64).reshape(-1, 2)
        parts = parts[values.offset : values.offset + len(values)]
        return _stirred(_stirred(parts[:, 0], np.uint64(0)), parts[:, 1])
    width = kind.bit_width
    parts = np.frombuffer(values.buffers()[1], f"i{width // 8}")[values.offset : values.offset + len(values)]
    return parts.astype(np.int64).view(np.uint64)


def _of_texts(values: pa.Array) -> _Words:
    offsets, data = values.buffers()[1:]
    width = "<i8" if values.type in (pa.large_string(), pa.large_binary()) else "<i4"
    places = np.frombuffer(offsets, width)[values.offset : values.offset + len(values) + 1].astype(np.int64)
    starts, ends = places[:-1], places[1:]
    lengths = ends - starts
    # stirred before the first bytes come, or a length and a letter could make up for each other
    words = _stirred(lengths.astype(np.uint64), np.uint64(0))
    if data is None or not data.size:
        return words
    whole = np.minimum(lengths >> 3, _SHORT_WORDS + 1)
    whole[whole > _SHORT_WORDS] = 0
    at = _eights(data)
    for number in range(int(whole.max(initial=0))):
        rows = np.flatnonzero(whole > number)
        words[rows] = _stirred(words[rows], at[starts[rows] + 8 * number])
    return _ended(words, data, at, ends, lengths)


def _eights(data: pa.Buffer) -> _Words:
    """The word that begins at each byte."""
    return np.ndarray(max(0, data.size - 7), "<u8", data, 0, (1,))


def _ended(words: _Words, data: pa.Buffer, at: _Words, ends: np.ndarray, lengths: np.ndarray) -> _Words:
    """With the last eight bytes of each text, which may have been seen, or all there are of it."""
    few = (lengths > 0) & (ends < 8)
    long = lengths >= 8 * (_SHORT_WORDS + 1)
    rows = np.flatnonzero((lengths > 0) & ~few & ~long)
    unused = np.maximum(8 - lengths[rows], 0).astype(np.uint64) * np.uint64(8)
    words[rows] = _stirred(words[rows], at[ends[rows] - 8] >> unused)
    text = memoryview(data)
    for row in np.flatnonzero(few | long):
        value = bytes(text[ends[row] - lengths[row] : ends[row]])
        if long[row]:
            value = hashlib.blake2b(value, digest_size=8).digest()
        words[row] = _stirred(words[row : row + 1], np.uint64(int.from_bytes(value, "little")))[0]
    return words
