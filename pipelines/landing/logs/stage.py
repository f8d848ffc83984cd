"""One daily file, from the blocks of its decrypted stream to a Parquet file of landed events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import META_COLUMNS, Column
from pipelines.errors import SourceUnreadable
from pipelines.landing.bench import Bench
from pipelines.landing.logs.file import EventFile
from pipelines.landing.logs.people import People
from pipelines.landing.logs.read import LogReader
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.ahead import read_ahead
from pipelines.sources.edx_log import LogLines, gunzip, log_lines
from pipelines.sources.edx_package import FileFetch

Blocks = Callable[[], Generator[bytes, None, None]]
_BLOCKS_AHEAD = 1
_MEMORIES = _BLOCKS_AHEAD + 3  # one is worked on, one is being filled, one waits until there is room ahead
_MANY = 20_000
_TYPES = {"bigint": pa.int64(), "double": pa.float64(), "bool": pa.bool_(), "timestamp": pa.timestamp("us")}


class LogStage:
    """Makes files of events in one load; what holds for all files of it is worked out once."""

    def __init__(self, bench: Bench, fetch: FileFetch, outcome: TableOutcome) -> None:
        contract, key = outcome.contract, bench.key
        self._bench, self._contract = bench, contract
        self._order = [*(column.name for column in contract.landed), *META_COLUMNS]
        scope = f"{contract.platform}/{outcome.instance}"
        self._people = People(bench.warehouse, contract, scope, key, bench.settings.clock)
        mask: dict[str, object] = {"inner": key.inner, "outer": key.outer, "scope": scope}
        self._reader = LogReader(bench.warehouse, contract, fetch, mask)

    def stage(self, blocks: Blocks, day: date, outcome: TableOutcome, path: Path) -> None:
        """Reads one file whole; leaves its counts on the outcome and its events in `path`.

        Raises a SourceError for this file alone. Nothing of a stream counts before its end was reached: what
        decrypts it says there whether it was whole.
        """

        def lines() -> Generator[LogLines, None, None]:
            with closing(blocks()) as stream:
                yield from log_lines(gunzip(_counted(stream, outcome)), memories=_MEMORIES)

        self.stage_lines(read_ahead(lines, stop=lambda: None, depth=_BLOCKS_AHEAD), day, outcome, path)

    def stage_lines(
        self, blocks: Generator[LogLines, None, None], day: date, outcome: TableOutcome, path: Path
    ) -> None:
        """The same with lines that are cut already."""
        started = time.monotonic()
        with closing(blocks), EventFile(path, _constants(outcome), self._order) as file:
            for events in self._events(blocks, day, outcome):
                if events.num_rows:
                    file.write(self._columns(events))
        outcome.filtered["duplicate"] += file.drop_duplicates(self._bench.warehouse)
        outcome.rows_to_land = file.rows
        outcome.partitions = (outcome.partitions or set()) | file.days
        outcome.seconds += time.monotonic() - started

    def _events(
        self, blocks: Generator[LogLines, None, None], day: date, outcome: TableOutcome
    ) -> Generator[pa.Table, None, None]:
        self._reader.begin()
        for read in blocks:
            yield from self._reader.events(read, day, outcome)
            _refuse_the_whole(outcome)
            self._bench.on_rows(outcome)
        yield from self._reader.rest(day, outcome)

    def _columns(self, events: pa.Table) -> pa.Table:
        """All landed columns but the file's; those that the kind of event lacks are NULL."""
        made = self._people.land(events)
        columns = {}
        for column in self._contract.landed:
            if column.name in made:
                columns[column.name] = made[column.name]
            elif column.name in events.column_names:
                columns[column.name] = events[column.name]
            elif column.name != "_file_key":
                columns[column.name] = pa.nulls(events.num_rows, _arrow_type(column))
        # the line and what it is read with: another contract makes another row of it
        mark = pa.scalar(int(self._contract.fingerprint[:15], 16), pa.int64())
        columns["_row_hash"] = pc.bit_wise_xor(events["line_hash"], mark)
        return pa.table(columns)


def _constants(outcome: TableOutcome) -> dict[str, pa.Scalar]:
    instance, _, load_id, deleted = META_COLUMNS
    return {
        "_file_key": pa.scalar(outcome.file_key), instance: pa.scalar(outcome.instance),
        load_id: pa.scalar(outcome.load_id), deleted: pa.scalar(None, pa.bool_()),
    }  # fmt: skip


def _arrow_type(column: Column) -> pa.DataType:
    return _TYPES.get(column.kind, pa.string())


def _counted(stream: Generator[bytes, None, None], outcome: TableOutcome) -> Generator[bytes, None, None]:
    for block in stream:
        outcome.bytes_read += len(block)
        yield block


def _refuse_the_whole(outcome: TableOutcome) -> None:
    """A file most of whose lines are no events is no log, and would fill memory and quarantine."""
    if outcome.rows_quarantined > _MANY and 2 * outcome.rows_quarantined > outcome.rows_read:
        raise SourceUnreadable(
            f"{outcome.rows_quarantined:,} of its first {outcome.rows_read:,} lines are no events, "
            "so nothing of it landed.",
            "Look at its first lines; what landed of it before stays.",
        )
