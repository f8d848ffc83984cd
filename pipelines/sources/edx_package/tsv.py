"""Database snapshots: `.sql` files that are TSV in edX's own escaping (MySQL's batch form).

No Python runs per row on the usual path: a chunk's separators are found at once, and each wanted column is
taken from between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.sources.edx_package.cells import all_quoted, as_text, unescaped, unquoted
from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.sources.edx_package.file_read import FileRead, ReadAgain
from pipelines.sources.edx_package.header import BYTE_ORDER_MARK, places_of_columns
from pipelines.sources.edx_package.lines import CHUNK_BYTES, ESCAPED_LF, is_escaped, line_chunks

_TAB, _LF, _CR = 9, 10, 13
_NULL = np.frombuffer(b"NULL", np.uint8)


@dataclass(frozen=True)
class _Cells:
    """The cells of a chunk, in order; `whole` are the numbers of those whose row is as wide as the header."""

    text: bytes
    bytes_: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    whole: np.ndarray
    rows: np.ndarray

    def column(self, place: int, width: int) -> pa.BinaryArray:
        """One column of the whole rows, `NULL` as null."""
        cells = self.whole[place::width]
        return self._array.take(pa.array(2 * cells, mask=self._is_null(cells)))

    def _is_null(self, cells: np.ndarray) -> np.ndarray:
        starts = self.starts[cells]
        found = (self.ends[cells] - starts) == len(_NULL)
        at = np.flatnonzero(found)
        for offset, letter in enumerate(_NULL):
            at = at[self.bytes_[starts[at] + offset] == letter]
        found[:] = False
        found[at] = True
        return found

    @cached_property
    def _array(self) -> pa.BinaryArray:
        """Every second value is a cell, those between are separators: nothing is copied."""
        offsets = np.empty(2 * len(self.ends) + 1, np.int32)
        offsets[0] = 0
        offsets[1::2] = self.ends
        offsets[2:-1:2] = self.starts[1:]
        offsets[-1] = len(self.text)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(self.text)]
        return pa.BinaryArray.from_buffers(pa.binary(), 2 * len(self.ends), buffers)


class TsvRead(FileRead):
    """One pass over one TSV file.

    Two rules hold for a file as a whole and can be told from its last byte only, so they are taken to hold
    until a row speaks against them: every line ends with CR LF; every cell with a `"` is quoted as RFC 4180
    says. If something was read by the rule before that, ReadAgain is raised, with the rule switched off.
    Rows of the wrong width say nothing about quotes.
    """

    def __init__(
        self, blocks: Iterable[bytes], contract: TableContract, fetch: FileFetch, entity: str,
        literal_quotes: bool = False, literal_returns: bool = False, chunk_bytes: int = CHUNK_BYTES,
    ) -> None:  # fmt: skip
        super().__init__(contract, entity)
        self._blocks = blocks
        self._fetch = fetch
        self._literal_quotes = literal_quotes
        self._drop_returns = not literal_returns
        self._chunk_bytes = chunk_bytes
        self._has_unquoted = False
        self._header = ""
        self._width = 0
        self._places: dict[str, int] = {}
        self._rows_before = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        chunks = line_chunks(self._lines_counted(), self._fetch.escaped_raw, self._chunk_bytes)
        for chunk in chunks:
            body = chunk if self._width else self._take_header(chunk)
            if not body:
                continue
            if self._fetch.escaped_raw and b"\\\n" in body:
                self.rows_read -= len(ESCAPED_LF.findall(body))
            if not body.endswith(b"\n") or self._ends_escaped(body):
                self.rows_read += 1
                body += b"\r\n" if self._drop_returns and not body.endswith(b"\r") else b"\n"
            yield from self._batches_of(body)

    def _lines_counted(self) -> Iterator[bytes]:
        for block in self.counted(self._blocks):
            self.rows_read += block.count(b"\n")
            yield block

    def _ends_escaped(self, body: bytes) -> bool:
        return self._fetch.escaped_raw and is_escaped(body, len(body) - 1)

    def _take_header(self, chunk: bytes) -> bytes:
        """Learns the columns from the first line; what stands below it."""
        line, end, body = chunk.partition(b"\n")
        self.rows_read -= len(end)
        self._header = line.removeprefix(BYTE_ORDER_MARK).decode(errors="replace")
        self._drop_returns &= self._header.endswith("\r")
        offered = [_unquoted_name(name) for name in self._header.removesuffix("\r").split("\t")]
        self._width = len(offered)
        self._places = places_of_columns(self, offered, self._fetch.aliases)
        return body

    def _batches_of(self, body: bytes) -> Iterator[pa.RecordBatch]:
        cells = self._cut(body)
        if not self._literal_quotes and b'"' in body:
            self._check_quotes(cells)
        replaced = np.zeros(len(cells.rows), bool)
        columns = {name: self._column(cells, place, replaced) for name, place in self._places.items()}
        self.replaced += int(replaced.sum())
        yield from self.batch(columns, cells.rows)

    def _column(self, cells: _Cells, place: int, replaced: np.ndarray) -> pa.StringArray:
        column = cells.column(place, self._width)
        if not self._literal_quotes and b'"' in cells.text:
            column, count = unquoted(column)
            self._has_unquoted |= count > 0
        if b"\\" in cells.text:
            column = unescaped(column, self._fetch.escaped_raw)
        return as_text(column, replaced)

    def _cut(self, body: bytes) -> _Cells:
        text = np.frombuffer(body, np.uint8)
        ends = np.flatnonzero((text - np.uint8(_TAB)) < 2)
        if self._fetch.escaped_raw:
            ends = _without_escaped(body, text, ends)
        starts = np.empty_like(ends)
        starts[0] = 0
        starts[1:] = ends[:-1] + 1
        line_ends = np.flatnonzero(text[ends] == _LF)
        if self._drop_returns:
            ends = self._without_returns(text, ends, line_ends)
        widths = np.diff(line_ends, prepend=-1)
        is_whole = widths == self._width
        rows = np.arange(self._rows_before + 1, self._rows_before + len(line_ends) + 1)
        self._rows_before += len(line_ends)
        if is_whole.all():
            return _Cells(body, text, starts, ends, np.arange(len(ends)), rows)
        for bad in np.flatnonzero(~is_whole):
            line = body[starts[line_ends[bad] - widths[bad] + 1] : ends[line_ends[bad]]]
            self.refuse(int(rows[bad]), "width", self._header, line)
        whole = np.flatnonzero(np.repeat(is_whole, widths))
        return _Cells(body, text, starts, ends, whole, rows[is_whole])

    def _without_returns(self, text: np.ndarray, ends: np.ndarray, line_ends: np.ndarray) -> np.ndarray:
        """The ends, those of lines before their CR. A line without one speaks against the rule."""
        if not (text[ends[line_ends] - 1] == _CR).all():
            self._again(literal_returns=True)
        shorter = ends.copy()
        shorter[line_ends] -= 1
        return shorter

    def _check_quotes(self, cells: _Cells) -> None:
        if all_quoted(cells.bytes_, cells.starts[cells.whole], cells.ends[cells.whole]):
            return
        if self._has_unquoted:
            self._again(literal_quotes=True)
        self._literal_quotes = True

    def _again(self, literal_quotes: bool = False, literal_returns: bool = False) -> None:
        raise ReadAgain({
            "literal_quotes": self._literal_quotes or literal_quotes,
            "literal_returns": literal_returns or not self._drop_returns,
        })  # fmt: skip


def _without_escaped(body: bytes, text: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Separators but those with an odd number of backslashes before them; the last one always is one."""
    doubtful = np.flatnonzero((ends[:-1] > 0) & (text[ends[:-1] - 1] == ord("\\")))
    escaped = [place for place in doubtful if is_escaped(body, int(ends[place]))]
    return np.delete(ends, escaped) if escaped else ends


def _unquoted_name(name: str) -> str:
    quoted = len(name) > 1 and name.startswith('"') and name.endswith('"')
    return name[1:-1].replace('""', '"') if quoted else name
