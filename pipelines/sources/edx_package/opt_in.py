"""The e-mail opt-in file: true CSV, with quotes, and line ends and NULs inside of them."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.sources.edx_package.fetch import FileFetch
from pipelines.sources.edx_package.file_read import FileRead
from pipelines.sources.edx_package.header import BYTE_ORDER_MARK, places_of_columns
from pipelines.sources.edx_package.lines import line_chunks
from pipelines.sources.edx_package.text_rows import in_batches

MAX_LINES_OF_ROW = 64

_Row = tuple[int, list[str | None]]


class OptInRead(FileRead):
    """One pass over one CSV file; positions are those of lines, from 1 for the first below the header.

    A row may take 64 lines at most. When one is too wide or narrow, or a quote is left open, only its first
    line is refused and reading goes on with the second, so one stray quote costs one row.
    """

    def __init__(
        self, blocks: Iterable[bytes], contract: TableContract, fetch: FileFetch, entity: str
    ) -> None:
        super().__init__(contract, entity)
        self._blocks = blocks
        self._aliases = fetch.aliases
        self._lines = self._all_lines()
        self._again: deque[bytes] = deque()

    def batches(self) -> Iterator[pa.RecordBatch]:
        record, lines = self._record()
        if not lines:
            return
        self.rows_read -= len(lines)
        header = b"".join(lines).decode(errors="replace")
        offered = record or []
        places = places_of_columns(self, offered, self._aliases)
        yield from in_batches(self, list(places), self._rows(list(places.values()), len(offered), header))

    def _rows(self, places: list[int], width: int, header: str) -> Iterator[_Row | None]:
        position = 1
        while True:
            record, lines = self._record()
            if not lines:
                return
            if record is not None and len(record) == width:
                self.rows_read -= sum(value.count("\n") for value in record)
                self.replaced += _has_bad_bytes(lines)
                yield position, [record[place] for place in places]
                position += len(lines)
                continue
            self.refuse(position, "quotes" if record is None else "width", header, lines[0])
            self._again.extendleft(reversed(lines[1:]))
            position += 1
            yield None

    def _record(self) -> tuple[list[str] | None, list[bytes]]:
        """The next row's values and its lines; without values when its quotes do not end."""
        taken: list[bytes] = []

        def feed() -> Iterator[str]:
            while len(taken) < MAX_LINES_OF_ROW and (line := self._next_line()) is not None:
                taken.append(line)
                yield line.decode(errors="replace")

        try:
            return next(csv.reader(feed(), strict=True), None), taken
        except csv.Error:
            return None, taken

    def _next_line(self) -> bytes | None:
        return self._again.popleft() if self._again else next(self._lines, None)

    def _all_lines(self) -> Iterator[bytes]:
        last = b""
        for chunk in line_chunks(self.counted_lines(self._blocks)):
            text = chunk if last else chunk.removeprefix(BYTE_ORDER_MARK)
            last = chunk
            yield from _at_lf(text)
        self.rows_read += bool(last) and not last.endswith(b"\n")


def _at_lf(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _has_bad_bytes(lines: list[bytes]) -> bool:
    try:
        b"".join(lines).decode()
    except UnicodeDecodeError:
        return True
    return False
