"""One CSV file being read: batches of text columns, and what was counted on the way."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from pipelines.contracts import TableContract
from pipelines.errors import SourceUnreadable, TableMismatch
from pipelines.sources.csv_drop.encoding import Utf8
from pipelines.sources.csv_drop.fetch import CsvFetch
from pipelines.sources.csv_drop.header import Header, read_header
from pipelines.sources.csv_drop.records import Cutter, Records
from pipelines.sources.edx_package import POSITION, RefusedLine

DROPPED_AT = "_dropped_at"
# what a spreadsheet would run: =1+1, @SUM(…), +cmd|…; a number with a sign is none
_FORMULA = r"^\s*(=|@|[+\-][A-Za-z(=@])"
_LONGEST_HEADER = 1 << 20
# lines in another encoding that need no look at the rest of the file: their rows would fill memory
_ENOUGH = 10_000


class ReadAgain(Exception):
    """The file is not what it was taken for: throw away what came, open it anew and pass `encoding`."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding
        super().__init__("The file must be read again in another encoding.")


@dataclass
class CsvRead:
    """One pass. Counts are those of what `batches` gave so far; `rows_read` is counted where records are cut.

    `refused` may be emptied between batches. `sha256` is of all bytes, once the last batch came.
    """

    blocks: Iterable[bytes]
    contract: TableContract
    fetch: CsvFetch
    dropped_at: datetime
    encoding: str | None = None
    rows_read: int = 0
    rows_empty: int = 0
    bytes_read: int = 0
    refused: list[RefusedLine] = field(default_factory=list)
    formulas: Counter[str] = field(default_factory=Counter)
    header: Header | None = None
    _saw_utf8: bool = False
    _other_lines: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()
        self._utf8 = Utf8(self._counted(), self.encoding or self.fetch.encoding)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def read_as(self) -> str:
        """What was detected or declared, in words."""
        mark = " with a byte order mark" if self._utf8.has_mark else ""
        delimiter = repr(self.header.delimiter) if self.header else "none"
        return f"{self._utf8.encoding}{mark}, delimiter {delimiter}, {self._utf8.line_end}"

    @property
    def wanted(self) -> list[str]:
        return [column.name for column in self.contract.fetched if column.name != DROPPED_AT]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows in file order: the contract's fetched columns as text, or as bytes where one value is not
        UTF-8, `_dropped_at` where declared, and `_position`, the row's number from 1 for the first below the
        header. Raises TableMismatch, SourceUnreadable, ReadAgain at the end, and what the blocks raise.
        """
        cutter, rest = None, b""
        for block, last in _with_end(self._utf8):
            data = rest + block
            if last and data and not data.endswith(b"\n"):
                data += b"\n"
            if cutter is None:
                head = self._read_header(data, last=last)
                if self.header is None:
                    rest = data
                    continue
                cutter, data = Cutter(self.header.delimiter, self.header.cells), data[head:]
            records, used = cutter.cut(data, last=last)
            rest = data[used:]
            self.rows_read = cutter.count
            yield from self._batch(records)
        self._decide_encoding(enough=0)

    def _counted(self) -> Iterator[bytes]:
        for block in self.blocks:
            self.bytes_read += len(block)
            self._digest.update(block)
            yield block

    def _read_header(self, data: bytes, *, last: bool) -> int:
        """Reads the first line that is not blank, once it is there; gives the place where it ends."""
        start = len(data) - len(data.lstrip(b"\r\n"))
        end = data.find(b"\n", start) + 1
        if not end and not last and len(data) < _LONGEST_HEADER:
            return 0
        if not data[start:end]:
            raise TableMismatch(
                "The file is empty." if last else "The file has no line end in its first megabyte.",
                "Ask whoever dropped it for the file they meant.",
            )
        line = data[start:end].decode("utf-8", "replace").rstrip("\r\n")
        self.header = read_header(line, self.contract, self.fetch, self.wanted)
        return end

    def _batch(self, records: Records) -> Iterator[pa.RecordBatch]:
        header = self._known_header()
        self.rows_empty += records.empty
        self.refused += [
            RefusedLine(number, reason, {"_header": header.line, "_line": line})
            for number, reason, line in records.refused
        ]
        if not records.text:
            return
        self._look_for_encoding(records.text)
        table = _parsed(records.text, header)
        if table.num_rows != len(records.numbers):
            raise SourceUnreadable(
                f"{len(records.numbers)} records of a block were read as {table.num_rows} rows.",
                "Report this sentence; nothing of the file landed.",
            )
        columns = {name: self._column(name, table[f"c{place}"]) for name, place in header.places.items()}
        yield from self._in_order(columns, records.numbers).to_batches()

    def _known_header(self) -> Header:
        if self.header is None:
            raise TableMismatch("The file has no header.", "Ask for a file with one.")
        return self.header

    def _in_order(self, columns: dict[str, pa.ChunkedArray], numbers: np.ndarray) -> pa.Table:
        made = dict(columns)
        if any(column.name == DROPPED_AT for column in self.contract.fetched):
            made[DROPPED_AT] = pa.repeat(pa.scalar(self.dropped_at, pa.timestamp("us")), len(numbers))
        nothing = pa.nulls(len(numbers), pa.string())
        names = [column.name for column in self.contract.fetched]
        return pa.table({name: made.get(name, nothing) for name in names} | {POSITION: pa.array(numbers)})

    def _column(self, name: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
        try:
            text = values.cast(pa.string())
        except pa.ArrowInvalid:
            return values  # whoever classifies it refuses the rows that are not UTF-8
        if name in self.fetch.dates:
            return _with_dates(text, self.fetch.dates[name])
        if self.contract.column(name).kind == "text":
            like = pc.sum(pc.match_substring_regex(text, _FORMULA)).as_py()
            self.formulas.update({name: like} if like else {})
        return text

    def _look_for_encoding(self, text: bytes) -> None:
        """Whether some line is UTF-8 beyond ASCII, and how many are not UTF-8: both is a mixed file."""
        if self._saw_utf8 or text.isascii():
            return
        for line in text.split(b"\n"):
            if not line.isascii():
                try:
                    line.decode()
                    self._saw_utf8 = True
                    return
                except UnicodeDecodeError:
                    self._other_lines += 1
        self._decide_encoding(enough=_ENOUGH)

    def _decide_encoding(self, enough: int) -> None:
        """Raises ReadAgain for more than `enough` lines that are not UTF-8 and none that is, beyond ASCII."""
        told = self.encoding or self.fetch.encoding or self._utf8.has_mark
        if self._other_lines > enough and not self._saw_utf8 and not told:
            raise ReadAgain("cp1252")


def _parsed(text: bytes, header: Header) -> pa.Table:
    names = [f"c{place}" for place in range(header.cells)]
    wanted = [names[place] for place in header.places.values()]
    return pa_csv.read_csv(
        io.BytesIO(text),
        pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=len(text) + 1),
        pa_csv.ParseOptions(delimiter=header.delimiter, newlines_in_values=True),
        pa_csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.binary()), include_columns=wanted, null_values=[""],
            strings_can_be_null=True,
        ),
    )  # fmt: skip


def _with_dates(text: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    """Dates in the declared form as 2026-09-01; what is in another form stays: a date, or to be refused."""
    days = pc.strptime(text, format=pattern, unit="s", error_is_null=True)
    return pc.coalesce(pc.strftime(days, format="%Y-%m-%d"), text)


def _with_end(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each block, and whether it is the last."""
    before: bytes | None = None
    for block in blocks:
        if before is not None:
            yield before, False
        before = block
    yield before or b"", True
