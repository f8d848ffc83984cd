"""The Parquet file of one log's events, without the lines that stand in the log twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.landing.bench import Writer
from pipelines.warehouse import Warehouse


class EventFile:
    """Written block by block; `constants` are columns that hold one value throughout."""

    def __init__(self, path: Path, constants: Mapping[str, pa.Scalar]) -> None:
        self.path, self._constants = path, constants
        self._writer = Writer(path)
        self._hashes: list[np.ndarray] = []
        self._offsets: list[np.ndarray] = []
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
        self._hashes.append(events["line_hash"].to_numpy())
        self._offsets.append(events["_offset"].to_numpy())
        self.days.update(events["event_date"].unique().to_pylist())
        self.rows += events.num_rows
        for name, value in self._constants.items():
            events = events.append_column(name, _repeated(value, events.num_rows))
        self._writer.write(events)

    def drop_duplicates(self, warehouse: Warehouse) -> int:
        """Of lines that are the same only the first stays; how many went. To be called when it is closed."""
        if not self.rows:
            return 0
        hashes, offsets = np.concatenate(self._hashes), np.concatenate(self._offsets)
        order = np.lexsort((offsets, hashes)) if len(np.unique(hashes)) < len(hashes) else None
        if order is None:
            return 0
        again = offsets[order][1:][np.diff(hashes[order]) == 0]
        self._rewrite(warehouse, again)
        self.rows -= len(again)
        return len(again)

    def _rewrite(self, warehouse: Warehouse, again: np.ndarray) -> None:
        whole = self.path.with_suffix(".all.parquet")
        self.path.rename(whole)
        connection = warehouse.connection
        connection.register("_again", pa.table({"place": again}))
        try:
            warehouse.execute(
                f"copy (select * from read_parquet('{whole}') where _offset not in "
                f"(select place from _again)) to '{self.path}' (format parquet)"
            )
        finally:
            connection.unregister("_again")
        whole.unlink()


def _repeated(value: pa.Scalar, rows: int) -> pa.Array:
    if value.as_py() is None:
        return pa.nulls(rows, value.type)
    return pa.DictionaryArray.from_arrays(np.zeros(rows, np.int32), pa.array([value.as_py()]))
