"""Rows that come as Python values (JSON, CSV): gathered into batches of text columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from pipelines.sources.edx_package.file_read import FileRead

ROWS = 10_000
_BYTES = 8 << 20
_LONE = re.compile("[\ud800-\udfff]")


def in_batches(
    read: FileRead, names: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None]] | None]
) -> Iterator[pa.RecordBatch]:
    """Batches of the rows, each (position, its values in the order of `names`); None: a line was refused.

    10,000 rows or 8 MB of text a batch; lone surrogates, which no UTF-8 has, are replaced and counted.
    """
    positions: list[int] = []
    values: list[Sequence[str | None]] = []
    size = waiting = 0
    for row in rows:
        waiting += 1
        if row is not None:
            positions.append(row[0])
            values.append(row[1])
            size += sum(len(value) for value in row[1] if value)
        if waiting >= ROWS or size >= _BYTES:
            yield from _batch(read, names, positions, values)
            positions, values = [], []
            size = waiting = 0
    if waiting:
        yield from _batch(read, names, positions, values)


def _batch(
    read: FileRead, names: Sequence[str], positions: list[int], values: list[Sequence[str | None]]
) -> Iterator[pa.RecordBatch]:
    columns = {}
    replaced: set[int] = set()
    for place, name in enumerate(names):
        column = [row[place] for row in values]
        try:
            columns[name] = pa.array(column, pa.string())
        except UnicodeEncodeError:
            lone = [row for row, value in enumerate(column) if value and _LONE.search(value)]
            replaced.update(lone)
            columns[name] = pa.array([value and _LONE.sub("�", value) for value in column], pa.string())
    read.replaced += len(replaced)
    yield from read.batch(columns, np.array(positions, np.int64))
