"""The Parquet file of one log's events, without the lines that stand in the log twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.landing.bench import Writer
from pipelines.warehouse import Warehouse


class EventFile:
    """Written block by block; `constants` are columns that hold one value throughout, `order` is that of the
    contract: dlt would write a file anew that has another.
    """

    def __init__(self, path: Path, constants: Mapping[str, pa.Scalar], order: Sequence[str]) -> None:
        self.path, self._constants, self._order = path, constants, list(order)
        self._writer = Writer(path)
        self._hashes = bytearray()  # one block that grows: many that stay would keep the heap from shrinking
        self.days: set[date] = set()
        self.rows = 0

    def __enter__(self) -> EventFile:
        self._writer.__enter__()
        return self

    def __exit__(self, *failed: object) -> None:
        self._writer.__exit__(*failed)

    def write(self, events: pa.Table) -> None:
        """Adds events (`line_hash`, `_offset`, `event_date` among their columns) and the constants."""
        if not events.num_rows:
            return
        self._hashes += memoryview(events["line_hash"].to_numpy()).cast("B")
        self.days.update(events["event_date"].unique().to_pylist())
        self.rows += events.num_rows
        for name, value in self._constants.items():
            events = events.append_column(name, _repeated(value, events.num_rows))
        self._writer.write(events.select(self._order))

    def drop_duplicates(self, warehouse: Warehouse) -> int:
        """Of lines that are the same only the first stays; how many went. To be called when it is closed."""
        if not self.rows:
            return 0
        hashes = np.frombuffer(self._hashes, np.int64)
        hashes.sort()
        twice = hashes[1:][np.diff(hashes) == 0]
        return self._rewrite(warehouse, np.unique(twice)) if len(twice) else 0

    def _rewrite(self, warehouse: Warehouse, twice: np.ndarray) -> int:
        """The same file without all but the first of the lines that have these hashes."""
        whole, before = self.path.with_suffix(".all.parquet"), self.rows
        self.path.rename(whole)
        connection = warehouse.connection
        connection.register("_twice", pa.table({"line_hash": twice}))
        lines = f"read_parquet('{whole}')"
        try:
            warehouse.local.execute(
                f"copy (select * from {lines} where line_hash not in (select line_hash from _twice) "
                f"or _offset in (select min(_offset) from {lines} "
                "where line_hash in (select line_hash from _twice) group by line_hash)) "
                f"to '{self.path}' (format parquet)"
            )
        finally:
            connection.unregister("_twice")
        whole.unlink()
        self.rows = pq.read_metadata(self.path).num_rows
        return before - self.rows


def _repeated(value: pa.Scalar, rows: int) -> pa.Array:
    if value.as_py() is None:
        return pa.nulls(rows, value.type)
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array([value.as_py()]))
