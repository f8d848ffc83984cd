"""One daily file, from the blocks of its decrypted stream to a Parquet file of landed events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import META_COLUMNS
from pipelines.errors import SourceUnreadable
from pipelines.landing.bench import Bench
from pipelines.landing.classify import Refused
from pipelines.landing.logs.file import EventFile
from pipelines.landing.logs.people import People
from pipelines.landing.logs.statement import FATE, LOST, EventStatement
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.ahead import read_ahead
from pipelines.sources.edx_log import OFFSET, RAW, LogLines, gunzip, log_lines
from pipelines.sources.edx_package import FileFetch

Blocks = Callable[[], Generator[bytes, None, None]]
_BLOCK = "_block"
_BLOCKS_AHEAD = 1
_MANY = 20_000
_REFUSED = ("not_json", "no_time")


class LogStage:
    """Makes files of events in one load; what holds for all files of it is worked out once."""

    def __init__(self, bench: Bench, fetch: FileFetch, outcome: TableOutcome) -> None:
        contract = outcome.contract
        self._bench, self._contract = bench, contract
        self._statement = EventStatement(contract, fetch)
        self._sql = self._statement.sql(_BLOCK)
        scope = f"{contract.platform}/{outcome.instance}"
        self._people = People(bench.warehouse, contract, scope, bench.key, bench.settings.clock)
        self._mask = {"inner": bench.key.inner, "outer": bench.key.outer, "scope": scope}

    def stage(self, blocks: Blocks, day: date, outcome: TableOutcome, path: Path) -> None:
        """Reads one file whole; leaves its counts on the outcome and its events in `path`.

        Raises a SourceError for this file alone. Nothing of a stream counts before its end was reached: what
        decrypts it says there whether it was whole.
        """
        started = time.monotonic()

        def lines() -> Generator[LogLines, None, None]:
            with closing(blocks()) as stream:
                yield from log_lines(gunzip(_counted(stream, outcome)))

        with EventFile(path, self._constants(outcome)) as file:
            for read in read_ahead(lines, stop=lambda: None, depth=_BLOCKS_AHEAD):
                self._land(read, day, outcome, file)
                self._bench.on_rows(outcome)
        outcome.filtered["duplicate"] += file.drop_duplicates(self._bench.warehouse)
        outcome.rows_to_land = file.rows
        outcome.partitions = (outcome.partitions or set()) | file.days
        outcome.seconds = time.monotonic() - started

    def _constants(self, outcome: TableOutcome) -> dict[str, pa.Scalar]:
        instance, _, load_id, deleted = META_COLUMNS
        return {
            "_file_key": pa.scalar(outcome.file_key), instance: pa.scalar(outcome.instance),
            load_id: pa.scalar(outcome.load_id), deleted: pa.scalar(None, pa.bool_()),
        }  # fmt: skip

    def _land(self, read: LogLines, day: date, outcome: TableOutcome, file: EventFile) -> None:
        outcome.rows_read += read.rows
        outcome.filtered["blank"] += read.blank
        outcome.refused += [_refused(line.offset, line.reason, line.raw) for line in read.refused]
        if read.cut_free:
            outcome.repairs["_line", "not_alone"] += read.cut_free
        events = self._events(read.lines, day)
        landed = self._take(events, read, outcome)
        outcome.rows_quarantined = len(outcome.refused)
        _refuse_the_whole(outcome)
        file.write(self._columns(landed))

    def _events(self, lines: pa.Table, day: date) -> pa.Table:
        half = max(lines.num_rows // 2 + 1, 1)  # DuckDB gives each batch of a statement a thread
        connection = self._bench.warehouse.connection
        connection.register(_BLOCK, pa.Table.from_batches(lines.to_batches(max_chunksize=half), lines.schema))
        try:
            return connection.execute(self._sql, {"day": day, **self._mask}).to_arrow_table()
        finally:
            connection.unregister(_BLOCK)

    def _take(self, events: pa.Table, read: LogLines, outcome: TableOutcome) -> pa.Table:
        """The events that land; the others are counted, and kept for the quarantine with their lines."""
        self._count_lost(events, outcome)
        if events[FATE].null_count == events.num_rows:
            return events
        odd = events.filter(pc.is_valid(events[FATE]))
        outcome.filtered["task"] += pc.sum(pc.equal(odd[FATE], "task")).as_py() or 0
        refused = odd.filter(pc.is_in(odd[FATE], pa.array(_REFUSED)))
        places, reasons = refused[OFFSET].to_pylist(), refused[FATE].to_pylist()
        outcome.refused += [
            _refused(place, reason, _line(read.lines, place))
            for place, reason in zip(places, reasons, strict=True)
        ]
        return events.filter(pc.is_null(events[FATE]))

    def _count_lost(self, events: pa.Table, outcome: TableOutcome) -> None:
        bits = events[LOST].to_numpy()
        bits = bits[bits != 0]
        for at, lost in enumerate(self._statement.lost if len(bits) else []):
            count = int(np.count_nonzero(bits & np.uint64(1 << at)))
            if count:
                outcome.repairs[lost.column, lost.reason] += count

    def _columns(self, events: pa.Table) -> pa.Table:
        made = self._people.land(events) if events.num_rows else {}
        columns = {}
        for column in self._contract.landed:
            if column.name in made:
                columns[column.name] = made[column.name]
            elif column.name in events.column_names:
                columns[column.name] = events[column.name]
        # the line and what it is read with: another contract makes another row of it
        mark = np.int64(int(self._contract.fingerprint[:15], 16))
        columns["_row_hash"] = pc.bit_wise_xor(events["line_hash"], pa.scalar(mark))
        return pa.table(columns)


def _refuse_the_whole(outcome: TableOutcome) -> None:
    """A file most of whose lines are no events is no log, and would fill memory and quarantine."""
    if outcome.rows_quarantined > _MANY and 2 * outcome.rows_quarantined > outcome.rows_read:
        raise SourceUnreadable(
            f"{outcome.rows_quarantined:,} of its first {outcome.rows_read:,} lines are no events, "
            "so nothing of it landed.",
            "Look at its first lines; what landed of it before stays.",
        )


def _counted(stream: Generator[bytes, None, None], outcome: TableOutcome) -> Generator[bytes, None, None]:
    for block in stream:
        outcome.bytes_read += len(block)
        yield block


def _refused(offset: int, reason: str, line: bytes) -> Refused:
    return Refused(offset, reason, "", {"_line": line, "_offset": offset})


def _line(lines: pa.Table, offset: int) -> bytes:
    """The line as it was read; one that was cut free is there twice, first as nothing."""
    found = lines.filter(pc.and_(pc.equal(lines[OFFSET], offset), pc.is_valid(lines[RAW])))
    return bytes(found[RAW][0].as_buffer()).rstrip(b"\r\n")
