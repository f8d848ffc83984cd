"""Paced reading: an engine's reader is asked only when its gates are open, rests, and its load is counted."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from pipelines.contracts import Column
from pipelines.errors import SettingsError
from pipelines.settings import InstanceSettings
from pipelines.sources.replica.gates import Gates, Slots, Timekeeper
from pipelines.sources.replica.reader import Reader, Select, SourceTable
from pipelines.sources.replica.source_load import SourceLoad

# by place and address: two readers of one source in this process share what its limit allows
_slots: dict[tuple[str, str], Slots] = {}


class PacedReader(Reader):
    """Stands before an engine's reader, which knows nothing of it. `load` is what the source had to do."""

    def __init__(self, reader: Reader, where: InstanceSettings, keeper: Timekeeper | None = None) -> None:
        super().__init__(reader.place)
        self.engine, self.quote_mark = reader.engine, reader.quote_mark
        self._reader, self._where, self._keeper = reader, where, keeper or Timekeeper()
        platform, _, instance = reader.place.partition("/")
        self.load = SourceLoad(platform, instance)
        self._slots = _slots.setdefault((reader.place, where.url.get_secret_value()), Slots())
        self._gates = Gates(reader, where, self._keeper, self.load, self._slots)
        self._held = 0
        self._chunk_ended: float | None = None
        self._chunk_seconds = 0.0
        needed = reader.connections_held + reader.connections_per_read
        if needed > where.connection_limit:
            raise SettingsError(
                f"{reader.place} needs {needed} connections at once, and its CONNECTION_LIMIT allows "
                f"{where.connection_limit}.",
                f"Set WAREHOUSE_SOURCES__{reader.place.replace('/', '__').upper()}__CONNECTION_LIMIT.",
            )

    # ------------------------------------------------------------ asked at a gate

    def guard(self) -> None:
        if not self._held:
            self._gates.may_connect(self._reader.connections_held)
            self._held = self._reader.connections_held
        self.load.questions += 1
        self._reader.guard()

    def describe(self, table: str) -> SourceTable:
        self._gates.passed()
        self.load.questions += 1
        return self._reader.describe(table)

    def stream(self, select: Select) -> Generator[pa.RecordBatch, None, None]:
        self._rest()
        extra = self._reader.connections_per_read
        self._gates.passed(extra)
        try:
            yield from self._counted(select)
        finally:
            self._slots.give(extra)

    def clock(self) -> datetime:
        """The time up to which this replica has the primary's rows: its clock, less its lag.

        A window that ended at the clock itself would leave out, for good, what is still on its way.
        """
        lag = self._gates.lag() or 0.0
        self.load.questions += 1
        return self._reader.clock() - timedelta(seconds=math.ceil(lag))

    def close(self) -> None:
        self._reader.close()
        self._slots.give(self._held)
        self._held = 0
        self.load.connections_opened = self._reader.connections_opened

    def wait(self, seconds: float) -> None:
        self._keeper.say(f"{self.place}: interrupted, going on in {seconds:,.0f} s")
        self._keeper.sleep(seconds)
        self.load.waited["cut"] += seconds

    def _counted(self, select: Select) -> Generator[pa.RecordBatch, None, None]:
        """The chunk's batches; only the time spent in the engine counts as work of the source."""
        self._chunk_seconds, batches = 0.0, self._reader.stream(select)
        try:
            while (batch := self._timed(batches)) is not None:
                self.load.rows += batch.num_rows
                self.load.bytes += batch.nbytes
                yield batch
                self._gates.still_time()
        finally:
            if isinstance(batches, Generator):  # a read that was given up lets go of its connection
                batches.close()
            self.load.read(select.table, self._chunk_seconds)
            self._chunk_ended = self._keeper.monotonic()

    def _timed(self, batches: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        asked = self._keeper.monotonic()
        try:
            return next(batches, None)
        finally:  # a statement that runs into its time limit was load, too
            self._chunk_seconds += self._keeper.monotonic() - asked

    def _rest(self) -> None:
        """What we did with the last chunk meanwhile was rest for the source already."""
        if self._chunk_ended is None:
            return
        rest = max(self._where.pause_seconds, self._where.rest_share * self._chunk_seconds)
        owed = rest - (self._keeper.monotonic() - self._chunk_ended)
        if owed > 0:
            self._keeper.say(f"{self.place}: resting between chunks")
            self._keeper.sleep(owed)
            self.load.rested += owed

    # ------------------------------------------------------------ passed on as they are

    def lag(self) -> float | None:
        return self._reader.lag()

    def connections(self) -> tuple[int, int] | None:
        return self._reader.connections()

    def indexed(self, table: str) -> frozenset[str] | None:
        return self._reader.indexed(table)

    def expression(self, column: Column, source_type: str) -> str:
        return self._reader.expression(column, source_type)

    def greatest(self, columns: Sequence[str]) -> str:
        return self._reader.greatest(columns)

    def exact_time(self, moves: str) -> str:
        return self._reader.exact_time(moves)

    def same_type(self, declared: str, offered: str) -> bool:
        return self._reader.same_type(declared, offered)

    def quote(self, name: str) -> str:
        return self._reader.quote(name)

    def text(self, value: str | bytes) -> str:
        return self._reader.text(value)

    def sql(self, select: Select) -> str:
        return self._reader.sql(select)
