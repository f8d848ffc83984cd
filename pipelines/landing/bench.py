"""What staging a table works with: the bench, batches in groups, and the Parquet files between two steps."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import TableContract
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.personal import PseudonymKey
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

GROUP_ROWS = 100_000
OnRows = Callable[[TableOutcome], None]


@dataclass(frozen=True)
class Bench:
    """What staging a table needs besides the table itself."""

    settings: Settings
    warehouse: Warehouse
    schema: str
    key: PseudonymKey
    folder: Path
    on_rows: OnRows


def write_empty(bench: Bench, contract: TableContract, path: Path, *, positions: bool) -> None:
    """A file with the landed columns and no row: an empty source is an answer too."""
    listed = [f'cast(null as {column.duckdb_type}) as "{column.name}"' for column in contract.landed]
    listed += ["'' as _instance", "cast(0 as bigint) as _row_hash", "'' as _dlt_load_id", "false as _deleted"]
    listed += ["cast(0 as bigint) as _position"] if positions else []
    bench.warehouse.local.execute(
        f"copy (select {', '.join(listed)} where 1 = 0) to '{path}' (format parquet)"
    )


def grouped(batches: Iterator[pa.RecordBatch]) -> Generator[pa.Table, None, None]:
    """Batches in groups of GROUP_ROWS: DuckDB gives each batch of a statement a thread, so one is too few."""
    group: list[pa.RecordBatch] = []
    rows = 0
    try:
        for batch in batches:
            if group and (rows + batch.num_rows > GROUP_ROWS or batch.schema != group[0].schema):
                yield pa.Table.from_batches(group)
                group, rows = [], 0
            group.append(batch)
            rows += batch.num_rows
        if rows:
            yield pa.Table.from_batches(group)
    finally:
        if isinstance(batches, Generator):  # a read that was given up lets go of its connection
            batches.close()


class Writer:
    """A Parquet file that appears with its first rows; one group is written while the next is classified."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._writer: pq.ParquetWriter | None = None
        self._thread = ThreadPoolExecutor(1, "write")
        self._writing: Future[None] | None = None

    def write(self, table: pa.Table) -> None:
        if not table.num_rows:
            return
        if self._writer is None:
            # read once and thrown away: no statistics, a dictionary only where it spares nearly all
            self._writer = pq.ParquetWriter(
                self.path,
                table.schema,
                compression="snappy",
                use_dictionary=["_instance", "_dlt_load_id"],
                write_statistics=False,
                store_schema=False,  # what is coded in memory is plain text to whoever reads the file
            )
        self._written()
        self._writing = self._thread.submit(self._writer.write_table, table)
        self.rows += table.num_rows

    def _written(self) -> None:
        """Waits for the group on its way. Raises what its writing raised: a full disk, say."""
        writing, self._writing = self._writing, None
        if writing:
            writing.result()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._written()
        finally:
            self._thread.shutdown()
            if self._writer:
                self._writer.close()
