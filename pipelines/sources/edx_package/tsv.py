"""Database snapshots: `.sql` files that are TSV in edX's own escaping (MySQL's batch form).

No Python runs per row on the usual path: a chunk's separators are found at once, and each wanted column is
taken from between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.sources.edx_package.cells import all_quoted, as_text, unescaped, unquoted
from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.sources.edx_package.file_read import FileRead, ReadAgain
from pipelines.sources.edx_package.header import BYTE_ORDER_MARK, places_of_columns
from pipelines.sources.edx_package.lines import CHUNK_BYTES, ESCAPED_LF, is_escaped, passing_chunks

_TAB, _LF, _CR = 9, 10, 13
_NULL = np.frombuffer(b"NULL", np.uint8)


class _Cells:
    """The cells of a chunk: `bounds` holds the start and the end of each in turn, and the chunk's length.

    `whole` are the numbers of the cells whose row is as wide as the header; None: of all. `rows` are the
    numbers of those rows in the file.
    """

    def __init__(
        self, text: memoryview, bounds: np.ndarray, width: int, whole: np.ndarray | None, rows: np.ndarray
    ) -> None:
        self.as_bytes = np.frombuffer(text, np.uint8)
        self.has_quotes = _holds(text, b'"')
        self.has_backslashes = _holds(text, b"\\")
        self.rows = rows
        self._bounds = bounds
        self._width = width
        self._whole = whole
        # every second value is a cell, those between are separators: so nothing is copied
        buffers = [None, pa.py_buffer(bounds), pa.py_buffer(text)]
        self._array = pa.BinaryArray.from_buffers(pa.binary(), len(bounds) - 1, buffers)

    def column(self, place: int) -> pa.BinaryArray:
        """One column of the whole rows, `NULL` as null."""
        if self._whole is None:
            each = slice(2 * place, len(self._bounds) - 1, 2 * self._width)
            cells = np.arange(each.start, each.stop, each.step, dtype=np.int32)
            starts, ends = self._bounds[each], self._bounds[each.start + 1 :: each.step]
        else:
            cells = 2 * self._whole[place :: self._width]
            starts, ends = self._bounds[cells], self._bounds[cells + 1]
        return self._array.take(pa.array(cells, mask=self._is_null(starts, ends)))

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """Starts and ends of all cells of whole rows."""
        starts, ends = self._bounds[:-1:2], self._bounds[1::2]
        return (starts, ends) if self._whole is None else (starts[self._whole], ends[self._whole])

    def _is_null(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Which of the cells between these places are `NULL`."""
        at = np.flatnonzero(ends - starts == len(_NULL))
        for offset, letter in enumerate(_NULL):
            at = at[self.as_bytes[starts[at] + offset] == letter]
        found = np.zeros(len(starts), bool)
        found[at] = True
        return found


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
        self._marks = np.empty(0, bool)

    def batches(self) -> Iterator[pa.RecordBatch]:
        blocks = self.counted_lines(self._blocks)
        for chunk in passing_chunks(blocks, self._fetch.escaped_raw, self._chunk_bytes):
            body = chunk if self._width else self._take_header(bytes(chunk))
            if not body:
                continue
            if body[-1] != _LF or self._ends_escaped(body):
                self.rows_read += 1
                end = b"\r\n" if self._drop_returns and body[-1] != _CR else b"\n"
                body = memoryview(bytes(body) + end)
            yield from self._batches_of(body)

    def _ends_escaped(self, body: memoryview) -> bool:
        return self._fetch.escaped_raw and is_escaped(body, len(body) - 1)

    def _take_header(self, chunk: bytes) -> memoryview:
        """Learns the columns from the first line; what stands below it."""
        line, end, body = chunk.partition(b"\n")
        self.rows_read -= len(end)
        self._header = line.removeprefix(BYTE_ORDER_MARK).decode(errors="replace")
        self._drop_returns &= self._header.endswith("\r")
        offered = [_unquoted_name(name) for name in self._header.removesuffix("\r").split("\t")]
        self._width = len(offered)
        self._places = places_of_columns(self, offered, self._fetch.aliases)
        return memoryview(body)

    def _batches_of(self, body: memoryview) -> Iterator[pa.RecordBatch]:
        cells = self._cut(body)
        if not self._literal_quotes and cells.has_quotes:
            self._check_quotes(cells)
        replaced = np.zeros(len(cells.rows), bool)
        columns = {name: self._column(cells, place, replaced) for name, place in self._places.items()}
        self.replaced += int(replaced.sum())
        yield from self.batch(columns, cells.rows)

    def _column(self, cells: _Cells, place: int, replaced: np.ndarray) -> pa.StringArray:
        column = cells.column(place)
        if not self._literal_quotes and cells.has_quotes:
            column, count = unquoted(column)
            self._has_unquoted |= count > 0
        if cells.has_backslashes:
            column = unescaped(column, self._fetch.escaped_raw)
        return as_text(column, replaced)

    def _cut(self, body: memoryview) -> _Cells:
        text = np.frombuffer(body, np.uint8)
        ends = self._separators(text)
        if self._fetch.escaped_raw:
            separators = len(ends)
            ends = _without_escaped(body, text, ends)
            if len(ends) < separators:  # the last LF is a row's end, whatever stands before it
                self.rows_read -= len(ESCAPED_LF.findall(body, 0, len(body) - 1))
        line_ends = np.flatnonzero(text[ends] == _LF)
        bounds = np.empty(2 * len(ends) + 1, np.int32)
        bounds[0] = 0
        bounds[1::2] = ends
        bounds[2::2] = ends + 1
        if self._drop_returns:
            self._check_returns(text, ends[line_ends])
            bounds[2 * line_ends + 1] -= 1
        widths = np.diff(line_ends, prepend=-1)
        is_whole = widths == self._width
        rows = np.arange(self._rows_before + 1, self._rows_before + len(line_ends) + 1)
        self._rows_before += len(line_ends)
        if is_whole.all():
            return _Cells(body, bounds, self._width, None, rows)
        for bad in np.flatnonzero(~is_whole):
            last = line_ends[bad]
            line = bytes(body[bounds[2 * (last - widths[bad] + 1)] : bounds[2 * last + 1]])
            self.refuse(int(rows[bad]), "width", self._header, line)
        whole = np.flatnonzero(np.repeat(is_whole, widths)).astype(np.int32)
        return _Cells(body, bounds, self._width, whole, rows[is_whole])

    def _separators(self, text: np.ndarray) -> np.ndarray:
        """Where TAB and LF stand: below them are only control characters, which hardly any text holds."""
        if len(self._marks) < len(text):
            self._marks = np.empty(len(text), bool)
        marks = np.less_equal(text, _LF, out=self._marks[: len(text)])
        places = np.flatnonzero(marks).astype(np.int32)
        letters = text[places]
        return places if letters.min() >= _TAB else places[letters >= _TAB]

    def _check_returns(self, text: np.ndarray, line_ends: np.ndarray) -> None:
        """A line without a CR at its end speaks against the rule."""
        if not (text[line_ends - 1] == _CR).all():
            self._again(literal_returns=True)

    def _check_quotes(self, cells: _Cells) -> None:
        if all_quoted(cells.as_bytes, *cells.places()):
            return
        if self._has_unquoted:
            self._again(literal_quotes=True)
        self._literal_quotes = True

    def _again(self, literal_quotes: bool = False, literal_returns: bool = False) -> None:
        raise ReadAgain({
            "literal_quotes": self._literal_quotes or literal_quotes,
            "literal_returns": literal_returns or not self._drop_returns,
        })  # fmt: skip


def _without_escaped(body: memoryview, text: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Separators but those with an odd number of backslashes before them; the last one always is one."""
    doubtful = np.flatnonzero((ends[:-1] > 0) & (text[ends[:-1] - 1] == ord("\\")))
    escaped = [place for place in doubtful if is_escaped(body, int(ends[place]))]
    return np.delete(ends, escaped) if escaped else ends


def _holds(text: memoryview, byte: bytes) -> bool:
    owner: bytes | bytearray = text.obj  # type: ignore[assignment] # whose beginning is the text's
    return owner.find(byte, 0, len(text)) >= 0


def _unquoted_name(name: str) -> str:
    quoted = len(name) > 1 and name.startswith('"') and name.endswith('"')
    return name[1:-1].replace('""', '"') if quoted else name
