"""A block's lines as events: requests, then the acts among them; what does not land is counted or kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import TableContract
from pipelines.landing.classify import Refused
from pipelines.landing.lines import BLOCK, block_of, line_at, told
from pipelines.landing.logs.statement import ACT, FATE, LOST, ActStatement, RequestStatement
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.edx_log import OFFSET, RAW, LogLines
from pipelines.sources.edx_package import FileFetch
from pipelines.warehouse import Warehouse

# a statement takes as long to be planned as for some megabytes of acts
_ACTS_BYTES = 48 << 20
_REFUSED = pa.array(["not_json", "no_time"])


class LogReader:
    """Reads the blocks of the files of one load; the outcome it is given gets the counts."""

    def __init__(
        self, warehouse: Warehouse, contract: TableContract, fetch: FileFetch, mask: dict[str, object]
    ) -> None:
        self._connection, self._mask = warehouse.connection, mask
        self._requests = RequestStatement(contract, fetch)
        self._acts = ActStatement(contract, fetch)
        self._waiting: list[pa.Table] = []
        self._sql = {each: each.sql(BLOCK) for each in (self._requests, self._acts)}

    def events(self, read: LogLines, day: date, outcome: TableOutcome) -> Iterator[pa.Table]:
        """Tables of events with raw accounts, each with the columns of its kind; `day` is the file's. Acts
        may wait for `rest`.
        """
        outcome.rows_read += read.rows
        outcome.filtered["blank"] += read.blank
        outcome.refused += [refused(outcome, line.offset, line.reason, line.raw) for line in read.refused]
        if read.cut_free:
            outcome.repairs["_line", "not_alone"] += read.cut_free
        found = self._told(self._requests, read.lines, day)
        is_act = pc.fill_null(pc.equal(found[FATE], ACT), False)
        yield self._taken(self._requests, found.filter(pc.invert(is_act)), read.lines, outcome)
        offsets = found[OFFSET].filter(is_act).combine_chunks()
        among = pc.and_(pc.is_in(read.lines[OFFSET], offsets), read.lines[RAW].is_valid())
        self._waiting.append(read.lines.filter(among))
        outcome.rows_quarantined = len(outcome.refused)
        if sum(lines.nbytes for lines in self._waiting) > _ACTS_BYTES:
            yield from self.rest(day, outcome)

    def begin(self) -> None:
        """Forgets what waited of a file that was given up."""
        self._waiting = []

    def rest(self, day: date, outcome: TableOutcome) -> Iterator[pa.Table]:
        """The acts that wait until there are enough for a statement; to be asked for at the end of a file."""
        lines = pa.concat_tables(self._waiting) if self._waiting else None
        self.begin()
        if lines is not None and lines.num_rows:
            yield self._taken(self._acts, self._told(self._acts, lines, day), lines, outcome)
            outcome.rows_quarantined = len(outcome.refused)

    def _told(self, statement: RequestStatement | ActStatement, lines: pa.Table, day: date) -> pa.Table:
        with block_of(self._connection, lines):
            return told(self._connection, self._sql[statement], {"day": day, **self._mask})

    @staticmethod
    def _taken(
        statement: RequestStatement | ActStatement, found: pa.Table, lines: pa.Table, outcome: TableOutcome
    ) -> pa.Table:
        """What lands; the others are counted, and kept for the quarantine with their lines."""
        if found[FATE].null_count < found.num_rows:
            odd = found.filter(pc.is_valid(found[FATE]))
            outcome.filtered["task"] += pc.sum(pc.equal(odd[FATE], "task")).as_py() or 0
            bad = odd.filter(pc.is_in(odd[FATE], _REFUSED))
            outcome.refused += [
                refused(outcome, place, reason, line_at(lines, place))
                for place, reason in zip(bad[OFFSET].to_pylist(), bad[FATE].to_pylist(), strict=True)
            ]
            found = found.filter(pc.is_null(found[FATE]))
        bits = found[LOST].to_numpy()
        bits = bits[bits != 0]
        for at, lost in enumerate(statement.lost if len(bits) else []):
            count = int(np.count_nonzero(bits & np.uint64(1 << at)))
            if count:
                outcome.repairs[lost.column, lost.reason] += count
        return found.drop_columns([LOST, FATE])


def refused(outcome: TableOutcome, offset: int, reason: str, line: bytes) -> Refused:
    """A line for the quarantine; replayed, it is read again from these bytes. The same line at the same place
    of two files is two.
    """
    place = {"_line": line, "_offset": offset, "_file_key": outcome.file_key}
    return Refused(offset, reason, "", place)
