"""A reader whose statements are cut after so many rows, and waits that take no time."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from pipelines.errors import SourceError, SourceInterrupted
from pipelines.sources.replica import PacedReader, Reader
from pipelines.sources.replica.reader import Select


class Cuts:
    """The n-th statement of a reader ends after `after[n]` rows, in batches of one; the rest are whole."""

    def __init__(self, reader: Reader, after: dict[int, int], *, kind: type[SourceError] = SourceInterrupted):
        self.after, self.kind = after, kind
        self.statements = 0
        self._stream = reader.stream
        reader.stream = self._cut  # type: ignore[method-assign]

    def _cut(self, select: Select) -> Iterator[pa.RecordBatch]:
        at, self.statements = self.statements, self.statements + 1
        left = self.after.get(at)
        for batch in self._stream(select):
            for row in range(batch.num_rows):
                if left is not None and left <= 0:
                    raise self.kind("it was cut.", "Try again.")
                left = None if left is None else left - 1
                yield batch.slice(row, 1)
        if left is not None:
            raise self.kind("it was cut.", "Try again.")


def always(after: int) -> dict[int, int]:
    return dict.fromkeys(range(1000), after)


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Seconds that were waited, without waiting."""
    seconds: list[float] = []
    monkeypatch.setattr("pipelines.sources.replica.reader.sleep", seconds.append)
    monkeypatch.setattr(PacedReader, "wait", lambda _, longer: seconds.append(longer))
    return seconds
