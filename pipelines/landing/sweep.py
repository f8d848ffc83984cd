"""The sweep: all keys of a source beside those of staging.

It finds rows that went. It also finds late rows: committed later than the overlap, stamped by a clock that
stood behind, or restored with their old times, so that no window ever held them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.landing.bench import Bench, Writer, grouped, write_empty
from pipelines.landing.classify import Classifier
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.quarantine import refused_keys, same_key
from pipelines.sources.config import TableFetch
from pipelines.sources.replica import Reader, rows_by_key, sweep_keys
from pipelines.sources.replica.interruptions import from_the_start
from pipelines.sources.replica.reader import SourceTable

FEW = 1_000  # late rows that are fetched by key; more of them are cheaper found by reading the table
_BATCH = "_swept_batch"


@dataclass(frozen=True)
class Sweep:
    """One table's sweep in one load, after its window was read."""

    bench: Bench
    reader: Reader
    fetch: TableFetch
    source: SourceTable
    outcome: TableOutcome

    def keys(self) -> Path:
        """Keys of all source rows, in landed form (pseudonymised where the key is a person)."""
        return from_the_start(self.reader.wait, self._keys_once)

    def _keys_once(self) -> Path:
        path = self._file("keys")
        with Writer(path) as writer, closing(grouped(self._keys_at_source())) as groups:
            for group in groups:
                writer.write(self._classifier.classify(group, 0).landed)
        if not writer.rows:
            write_empty(self.bench, self._keys_only, path, positions=False)
        return path

    def late_rows(self, keys: Path, read: list[Path], high: str | None) -> Iterator[pa.RecordBatch] | None:
        """Rows before the window's end that neither staging nor this read (`read`) has.

        None when they are too many, or cannot be asked for by key: then the table is to be read in full.
        """
        lacking = self._file("lacking")
        if not self._find_lacking(keys, read, lacking):
            return iter(())
        late = from_the_start(self.reader.wait, lambda: self._source_keys(lacking, high))
        if late is None:
            return None
        return rows_by_key(self.reader, self.outcome.contract, self.fetch, self.source, late)

    @cached_property
    def _keys_only(self) -> TableContract:
        contract = self.outcome.contract
        return replace(contract, version=None, columns=tuple(contract.column(name) for name in contract.key))

    @cached_property
    def _classifier(self) -> Classifier:
        bench, outcome = self.bench, self.outcome
        return Classifier(
            bench.warehouse,
            self._keys_only,
            outcome.instance,
            bench.key,
            outcome.load_id,
            bench.settings.clock,
        )

    def _keys_at_source(self, before: str | None = None) -> Iterator[pa.RecordBatch]:
        return sweep_keys(self.reader, self._keys_only, self.fetch, self.source, before)

    def _find_lacking(self, keys: Path, read: list[Path], target: Path) -> int:
        """Writes the swept keys that are not in staging, not in this read and not in quarantine."""
        warehouse, outcome, schema = self.bench.warehouse, self.outcome, self.bench.schema
        named = ", ".join(self._key)
        known = f"select {named} from read_parquet($keys) where $instance is null"
        if warehouse.has_table(schema, outcome.contract.name):
            there = [*outcome.contract.key, "_instance"]
            landed = warehouse.brought(schema, outcome.contract.name, there, outcome.instance)
            known = f"select {named} from {landed} where _instance = $instance"
        sql = (
            f"select {named} from read_parquet($keys) as s anti join ({known}) as k using ({named}) "
            f"anti join read_parquet($read, union_by_name = true) as r using ({named})"
        )
        # a refused row is looked at again when it is corrected there, or with the next full read
        with refused_keys(warehouse, outcome.contract, outcome.instance) as refused:
            if refused:
                same = same_key("s", "q", outcome.contract.key)
                sql += f" where not exists (select 1 from {refused} as q where {same})"
            warehouse.local.execute(
                f"copy ({sql}) to '{target}' (format parquet)",
                {"keys": str(keys), "read": [str(path) for path in read], "instance": outcome.instance},
            )
        return int(warehouse.local.value(f"select count(*) from read_parquet('{target}')"))

    def _source_keys(self, lacking: Path, high: str | None) -> list[tuple[Any, ...]] | None:
        """The lacking keys as the source has them, up to FEW. A second look, because what a person's key was
        before its pseudonym is written nowhere; it leaves out what came after the window's end."""
        found: list[tuple[Any, ...]] = []
        with closing(grouped(self._keys_at_source(before=high))) as groups:
            for group in groups:
                positions = self._positions(self._classifier.classify(group, 0).landed, lacking)
                columns = group.select(self._keys_only.key).take(positions).to_pydict()
                found += zip(*columns.values(), strict=True)
                if len(found) > FEW:
                    return None
        return found

    def _positions(self, landed: pa.Table, lacking: Path) -> pa.Array:
        connection = self.bench.warehouse.connection
        connection.register(_BATCH, landed)
        try:
            return (
                connection.execute(
                    f"select s._position from {_BATCH} as s semi join read_parquet('{lacking}') as l "
                    f"using ({', '.join(self._key)})"
                )
                .to_arrow_table()["_position"]
                .combine_chunks()
            )
        finally:
            connection.unregister(_BATCH)

    @property
    def _key(self) -> list[str]:
        return [f'"{name}"' for name in self.outcome.contract.key]

    def _file(self, what: str) -> Path:
        return self.bench.folder / f"{self.outcome.contract.name}.{what}.parquet"
