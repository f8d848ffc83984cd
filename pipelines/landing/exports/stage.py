"""One data file, from its compressed bytes to a Parquet file of landed rows for each table that it feeds."""

from __future__ import annotations

import base64
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.errors import PackageRefused, SourceUnreadable
from pipelines.landing.bench import Bench, Writer
from pipelines.landing.classify import Classifier
from pipelines.landing.exports.read import ItemReader, ItemTables
from pipelines.landing.outcome import TableOutcome
from pipelines.sources.ahead import read_ahead
from pipelines.sources.dynamodb_export import record_lines, unpacked
from pipelines.sources.dynamodb_export.statement import FILE, OFFSET, STREAMED, Shape
from pipelines.sources.edx_log import LogLines, log_lines

_BLOCKS_AHEAD = 1
_MEMORIES = _BLOCKS_AHEAD + 3  # one is worked on, one is being filled, one waits until there is room ahead
_MANY = 20_000
Blocks = Callable[[], Generator[bytes, None, None]]


@dataclass(frozen=True)
class ItemFile:
    """A file to read: its key, what gives its bytes, and, where a manifest says it, its MD5 and its items."""

    key: str
    blocks: Blocks
    md5: str | None = None
    items: int | None = None


class ItemStage:
    """Makes rows of the files of one load, all of which have one shape."""

    def __init__(
        self,
        bench: Bench,
        tables: ItemTables,
        shape: Shape,
        parameters: dict[str, object],
        load: TableOutcome,
    ) -> None:
        self._bench, self._tables, self._shape = bench, tables, shape
        self._reader = ItemReader(bench.warehouse, tables, shape, parameters)
        self._classifiers = {
            contract.name: Classifier(
                bench.warehouse, contract, load.instance, bench.key, load.load_id, bench.settings.clock
            )
            for contract in tables.contracts
        }

    @property
    def unknown(self) -> Counter[str]:
        """Attributes that no column names, with how many items had each in the load so far."""
        return self._reader.unknown

    def stage(self, file: ItemFile, outcomes: list[TableOutcome], paths: list[Path]) -> None:
        """Leaves its counts on the outcomes (the items' first) and its rows in `paths`.

        Raises a SourceError for this file; nothing of it counts before its end was reached and its sum
        agreed.
        """
        started = time.monotonic()
        items = outcomes[0]

        def lines() -> Generator[LogLines, None, None]:
            with closing(file.blocks()) as stream:
                content = unpacked(_checked(stream, file, items))
                cut = record_lines(content) if self._shape is STREAMED else content
                yield from log_lines(cut, memories=_MEMORIES)

        with ExitStack() as opened, closing(read_ahead(lines, lambda: None, _BLOCKS_AHEAD)) as blocks:
            writers = [opened.enter_context(Writer(path)) for path in paths]
            writer_of = {it.contract.name: one for it, one in zip(outcomes, writers, strict=True)}
            for block in blocks:
                for outcome, rows in self._reader.rows(block, outcomes):
                    self._land(outcome, rows, writer_of[outcome.contract.name])
                items.rows_quarantined = len(items.refused)
                _refuse_the_whole(items)
                self._bench.on_rows(items)
        for outcome, writer in zip(outcomes, writers, strict=True):
            outcome.rows_quarantined = len(outcome.refused)
            outcome.rows_to_land = writer.rows
        _refuse_another_count(items, file)
        items.seconds = time.monotonic() - started

    def _land(self, outcome: TableOutcome, rows: pa.Table, writer: Writer) -> None:
        if not rows.num_rows:
            return
        offsets = rows[OFFSET].to_numpy()
        keys = pa.DictionaryArray.from_arrays(np.zeros(len(rows), np.int32), [str(outcome.file_key)])
        wanted = [column.name for column in outcome.contract.fetched]
        whole = rows.append_column(FILE, keys.cast(pa.string())).select(wanted).combine_chunks()
        half = whole.to_batches(max_chunksize=whole.num_rows // 2 + 1)  # a thread for each
        classified = self._classifiers[outcome.contract.name].classify(pa.Table.from_batches(half), 0)
        outcome.refused += [replace(row, position=int(offsets[row.position])) for row in classified.refused]
        outcome.repairs += classified.repairs
        outcome.rows_quarantined = len(outcome.refused)
        writer.write(classified.landed.drop_columns(["_position"]))


def _checked(stream: Iterable[bytes], file: ItemFile, outcome: TableOutcome) -> Generator[bytes, None, None]:
    """The bytes as they come; their sum is compared once all have passed."""
    digest = hashlib.md5(usedforsecurity=False)
    for block in stream:
        outcome.bytes_read += len(block)
        digest.update(block)
        yield block
    if file.md5 and base64.b64encode(digest.digest()).decode() != file.md5:
        raise PackageRefused(
            f"{file.key} is not what its manifest's check sum says.",
            "Nothing of the export lands; copy it again, or ask DynamoDB for another one.",
        )


def _refuse_another_count(outcome: TableOutcome, file: ItemFile) -> None:
    there = outcome.rows_read - outcome.filtered["blank"]
    if file.items is not None and there != file.items:
        raise PackageRefused(
            f"{file.key} holds {there:,} items, its manifest says {file.items:,}.",
            "Nothing of the export lands; copy it again, or ask DynamoDB for another one.",
        )


def _refuse_the_whole(outcome: TableOutcome) -> None:
    """A file most of whose lines fit nowhere is none of this table, and would fill memory and quarantine."""
    if outcome.rows_quarantined > _MANY and 2 * outcome.rows_quarantined > outcome.rows_read:
        raise SourceUnreadable(
            f"{outcome.rows_quarantined:,} of the first {outcome.rows_read:,} items do not fit "
            f"{outcome.contract.name}, so nothing of it landed.",
            "Compare its attributes with the contract; what landed before stays.",
        )
