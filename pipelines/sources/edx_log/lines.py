"""Blocks of a log cut into lines: those that look like a JSON object, and the few that do not."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import xxhash

from pipelines.sources.edx_package.lines import passing_chunks

CHUNK_BYTES = 32 << 20
_PART_BYTES = 256 << 10
_ROOM_BYTES = 1 << 20
RAW, OFFSET, HASH = "raw", "_offset", "line_hash"
_LF, _CR, _OPEN, _CLOSE = 0x0A, 0x0D, 0x7B, 0x7D


@dataclass(frozen=True)
class OddLine:
    """A line from which no object can be cut; `offset` in bytes of the file."""

    offset: int
    raw: bytes
    reason: str


@dataclass(frozen=True)
class LogLines:
    """Some whole lines of a file. `lines`: `raw` (text, NULL for what is set aside), `_offset` (bytes from
    the file's start) and `line_hash` (XXH3 of the line with its end, 64 bits). `rows`: all lines; `blank`:
    empty ones and comments; `cut_free`: those with something before or after their object.
    """

    lines: pa.Table
    rows: int
    blank: int = 0
    cut_free: int = 0
    refused: list[OddLine] = field(default_factory=list)


def log_lines(
    blocks: Iterable[bytes], chunk_bytes: int = CHUNK_BYTES, memories: int = 0
) -> Generator[LogLines, None, None]:
    """The lines of a file, some megabytes at once; a line ends at LF and nowhere else.

    What stands before the first `{` and after the last `}` of a line, a logger's prefix, is left out. With
    `memories`, what was given is overwritten when so many more were asked for: fresh memory is dear, as the
    system clears it page by page. Raises SourceUnreadable when a line is longer than 64 MB.
    """
    offset, ring = 0, deque([memoryview(b"")] * memories)
    for chunk in passing_chunks(blocks, chunk_bytes=chunk_bytes):
        # so that the last line is the same line, hash and all, with its end and without
        size = len(chunk) + (chunk[-1] != _LF)
        memory = ring.popleft() if memories else memoryview(b"")
        if len(memory) < size:
            memory = memoryview(bytearray(size + _ROOM_BYTES if memories else size))
        memory[: len(chunk)] = chunk
        memory[size - 1] = _LF
        if memories:
            ring.append(memory)
        yield _lines(memory[:size], offset)
        offset += len(chunk)


def lines_again(kept: Sequence[tuple[int, bytes]]) -> Generator[LogLines, None, None]:
    """Lines that were kept, with where they stood in their file, as `log_lines` gave them then."""
    starts = np.cumsum([0, *(len(raw) + 1 for _, raw in kept)])
    stood = {int(start): offset for start, (offset, _) in zip(starts, kept, strict=False)}
    for read in log_lines([b"\n".join(raw for _, raw in kept)]):
        places = pa.array([stood[at] for at in read.lines[OFFSET].to_pylist()], pa.int64())
        refused = [replace(line, offset=stood[line.offset]) for line in read.refused]
        lines = read.lines.set_column(1, OFFSET, places)
        yield replace(read, lines=lines, refused=refused)


def _lines(chunk: memoryview, offset: int) -> LogLines:
    text = np.frombuffer(chunk, np.uint8)
    ends = _ends(text)
    starts = np.concatenate([[0], ends[:-1] + 1])
    last = np.maximum(ends - 1, starts)
    last = np.where(text[last] == _CR, np.maximum(last - 1, starts), last)
    whole = (text[starts] == _OPEN) & (text[last] == _CLOSE)
    table = _table(chunk, starts, whole, offset)
    if not _is_utf8(table):  # DuckDB's functions of text may never end on what is no text
        whole &= _are_utf8(chunk, starts, ends)
        table = _table(chunk, starts, whole, offset)
    odd = np.flatnonzero(~whole)
    return _with_odd(LogLines(table, len(ends)), [(int(starts[n]), int(ends[n])) for n in odd], chunk, offset)


def _ends(text: np.ndarray) -> np.ndarray:
    """Where lines end; by parts, which need no fresh memory of the chunk's size."""
    parts = range(0, len(text), _PART_BYTES)
    return np.concatenate([np.flatnonzero(text[at : at + _PART_BYTES] == _LF) + at for at in parts])


def _table(chunk: memoryview, starts: np.ndarray, whole: np.ndarray, offset: int) -> pa.Table:
    """The chunk itself as an Arrow array of texts, without a copy; what is not whole is NULL."""
    bounds = np.append(starts, len(chunk)).astype(np.int32)
    valid = pa.py_buffer(np.packbits(whole, bitorder="little"))
    raw = pa.Array.from_buffers(
        pa.string(), len(starts), [valid, pa.py_buffer(bounds), pa.py_buffer(chunk)], int((~whole).sum())
    )
    places, hashes = pa.array(starts + offset, pa.int64()), _hashes(chunk, bounds)
    return pa.table({RAW: raw, OFFSET: places, HASH: hashes})


def _hashes(chunk: memoryview, bounds: np.ndarray) -> pa.Array:
    """By a library in C, line by line: MD5 of all lines at once takes eight times as long."""
    at = bounds.tolist()
    lines = map(chunk.__getitem__, map(slice, at[:-1], at[1:]))
    hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, lines), np.uint64, len(at) - 1)
    return pa.array(hashes.view(np.int64))


def _is_utf8(table: pa.Table) -> bool:
    try:
        table[RAW].validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _are_utf8(chunk: memoryview, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return np.array([_decodes(bytes(chunk[start:end])) for start, end in zip(starts, ends, strict=True)])


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _with_odd(read: LogLines, odd: list[tuple[int, int]], chunk: memoryview, offset: int) -> LogLines:
    if not odd:
        return read
    blank, found, refused = 0, [], []
    for start, end in odd:
        line = bytes(chunk[start:end]).strip()
        opened, closed = line.find(b"{"), line.rfind(b"}")
        if not line or line.startswith(b"#"):
            blank += 1
        elif 0 <= opened < closed and _decodes(line) and _reason(line) != "no_object":
            found.append((line[opened : closed + 1], start + offset))
        else:
            refused.append(OddLine(start + offset, bytes(chunk[start:end]), _reason(line)))
    lines = read.lines
    if found:
        raws = [raw for raw, _ in found]
        texts = pa.array(raws, pa.binary()).view(pa.string())
        places = pa.array([place for _, place in found], pa.int64())
        hashes = _hashes(memoryview(b"".join(raws)), np.cumsum([0, *map(len, raws)]))
        lines = pa.concat_tables([lines, pa.table({RAW: texts, OFFSET: places, HASH: hashes})])
    return LogLines(lines, read.rows, blank, len(found), refused)


def _reason(line: bytes) -> str:
    """`not_utf8`, `no_object` (JSON, but no object) or `not_json`."""
    if not _decodes(line):
        return "not_utf8"
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "not_json"
    # an object that stands behind blanks or a byte order mark is one to be cut free
    return "not_json" if isinstance(value, dict) else "no_object"
