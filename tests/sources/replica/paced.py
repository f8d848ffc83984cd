"""A reader that needs no server and a clock that tests move: for the pacing's rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from pipelines.contracts import Column
from pipelines.settings import InstanceSettings
from pipelines.sources.replica import PacedReader, Timekeeper
from pipelines.sources.replica.reader import Reader, Select, SourceTable

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
CHUNK = Select("things", (("id", "id"),))


@dataclass
class Clock:
    """Time that passes only when something takes it; `slept` are the waits in their order."""

    start: datetime = NOON
    passed: float = 0.0
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    at_wake: Any = None  # called after each sleep

    def keeper(self) -> Timekeeper:
        return Timekeeper(self.now, lambda: self.passed, self.sleep, self.said.append)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.slept.append(round(seconds, 6))
        self.passed += seconds
        if self.at_wake:
            self.at_wake()


class Engine(Reader):
    """Answers with `batches` batches of ten rows, each of which takes it `takes` seconds."""

    engine, quote_mark = "fake", "`"

    def __init__(self, clock: Clock, place: str = "shop/main") -> None:
        super().__init__(place)
        self.time, self.takes, self.batches = clock, 1.0, 2
        self.behind: float | Exception | None = 0.0
        self.used: tuple[int, int] | None = (1, 100)
        self.asked: list[str] = []
        self.open_reads = 0

    def guard(self) -> None:
        self.asked.append("guard")

    def describe(self, table: str) -> SourceTable:
        self.asked.append("describe")
        return SourceTable(table, {"id": "int"})

    def clock(self) -> datetime:
        return self.time.now().replace(tzinfo=None)

    def lag(self) -> float | None:
        self.asked.append("lag")
        if isinstance(self.behind, Exception):
            raise self.behind
        return self.behind

    def connections(self) -> tuple[int, int] | None:
        return self.used

    def stream(self, select: Select) -> Iterator[pa.RecordBatch]:
        self.asked.append("stream")
        self.open_reads += 1
        try:
            for _ in range(self.batches):
                self.time.passed += self.takes
                yield pa.record_batch([pa.array(range(10))], names=["id"])
        finally:
            self.open_reads -= 1

    def expression(self, column: Column, source_type: str) -> str:
        return column.name

    def greatest(self, columns: Sequence[str]) -> str:
        return columns[0]

    def same_type(self, declared: str, offered: str) -> bool:
        return True

    def close(self) -> None:
        self.asked.append("close")


def paced(engine: Engine, **settings: Any) -> PacedReader:
    where = InstanceSettings.model_validate({"url": "mysql://reader:pw@host/shop", **settings})
    return PacedReader(engine, where, engine.time.keeper())


def chunk(reader: PacedReader) -> int:
    """Rows of one chunk read to its end."""
    return sum(batch.num_rows for batch in reader.stream(CHUNK))
