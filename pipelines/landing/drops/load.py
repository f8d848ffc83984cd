"""One dropped file, one load: read, classified, compared with staging, committed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import TableContract
from pipelines.errors import SourceUnreadable
from pipelines.landing.bench import Bench, OnRows, Writer, grouped, write_empty
from pipelines.landing.classify import Classifier, Refused
from pipelines.landing.columns import follow_contract
from pipelines.landing.commit import commit
from pipelines.landing.compare import Comparison
from pipelines.landing.drops.register import Drop
from pipelines.landing.instance import fresh_folder
from pipelines.landing.load import DELETE_INSERT, Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.sources.csv_drop import CsvFetch, CsvRead, ReadAgain
from pipelines.sources.edx_package import POSITION

_MANY = 20_000
Blocks = Callable[[], Iterator[bytes]]


class FileRefused(SourceUnreadable):
    """The whole file is not to be used; it goes to `quarantine/`."""


@dataclass
class _Reading:
    """What one pass left: the good rows, and the keys of rows that were refused, which are not gone."""

    rows: Path
    refused_keys: list[pa.Table] = field(default_factory=list)


class DropLoad:
    """The load of one file; `outcome` has its counts, or the error that kept it from landing."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows, contract: TableContract) -> None:
        self._it, self._seal = it, seal
        self._schema, self._contract = it.plan.contract.schema, contract
        self._bench = Bench(it.settings, it.warehouse, self._schema, it.plan.key, fresh_folder(it), on_rows)
        self.outcome = TableOutcome(contract, it.name, mode="drop")

    def run(self, drop: Drop, blocks: Blocks, unwanted: Callable[[str], str | None]) -> None:
        """`unwanted` says, by the content's hash, why all rows are to be filtered, if they are."""
        self.outcome.file_key = drop.stored.key
        self._commit(lambda load: self._stage(load, drop, blocks, unwanted))

    def run_empty(self) -> None:
        """Makes the table where no file of it came yet: models may rely on it."""

        def stage(load: TableOutcome) -> None:
            load.files = [self._bench.folder / "empty.parquet"]
            write_empty(self._bench, self._contract, load.files[0], positions=False)

        self._commit(stage)

    def _commit(self, stage: Callable[[TableOutcome], None]) -> None:
        it, outcome = self._it, self.outcome
        package = Package(
            it.settings, it.warehouse, it.plan.contract.platform, self._schema, merges=DELETE_INSERT
        )
        package.extract([outcome], stage)
        if outcome.error:
            package.discard()
        else:
            commit(it, self._seal, package, [outcome], to_load=bool(outcome.files))
        shutil.rmtree(self._bench.folder, ignore_errors=True)

    def _stage(
        self, load: TableOutcome, drop: Drop, blocks: Blocks, unwanted: Callable[[str], str | None]
    ) -> None:
        started = time.monotonic()
        follow_contract(self._bench.warehouse, self._schema, self._contract)
        try:
            reading = self._read(load, drop, blocks, None)
        except ReadAgain as again:
            load.forget()
            reading = self._read(load, drop, blocks, again.encoding)
        if reason := unwanted(str(drop.sha256)):
            load.forget_but_count(reason)
        else:
            self._compare(load, reading)
        load.seconds = time.monotonic() - started

    def _read(self, load: TableOutcome, drop: Drop, blocks: Blocks, encoding: str | None) -> _Reading:
        fetch = self._fetch
        read = CsvRead(blocks(), self._contract, fetch, drop.stored.modified, encoding)
        reading = _Reading(self._bench.folder / "rows.parquet")
        with Writer(reading.rows) as writer:
            self._classify(read, load, writer, reading)
        _count(read, load)
        drop.sha256, drop.read_as = read.sha256, read.read_as
        if not writer.rows:
            self._refuse_the_useless(load)
        return reading

    @property
    def _fetch(self) -> CsvFetch:
        return self._it.plan.config.drops[self._contract.name]

    def _classify(self, read: CsvRead, load: TableOutcome, writer: Writer, reading: _Reading) -> None:
        classifier = Classifier(
            self._bench.warehouse, self._contract, load.instance, self._bench.key, load.load_id,
            self._bench.settings.clock,
        )  # fmt: skip
        seen = 0

        def rows() -> Generator[pa.RecordBatch, None, None]:
            yield from read.batches()

        with closing(grouped(rows())) as batches:
            for batch in batches:
                places = batch[POSITION]
                classified = classifier.classify(batch.drop_columns([POSITION]), seen)
                load.refused += [
                    replace(row, position=places[row.position - seen].as_py()) for row in classified.refused
                ]
                seen += batch.num_rows
                load.repairs += classified.repairs
                if classified.refused_keys is not None:
                    reading.refused_keys.append(classified.refused_keys)
                writer.write(classified.landed)
                _count(read, load)
                self._bench.on_rows(load)
                _refuse_most(load)

    def _refuse_the_useless(self, load: TableOutcome) -> None:
        if load.rows_read == load.filtered["empty"]:
            raise FileRefused(
                "It has a header and no row.", "Ask whoever dropped it for the file they meant."
            )
        raise FileRefused(
            f"None of its {load.rows_read:,} rows fits the table {self._contract.name} "
            f"({_reasons(load.refused)}).", "Compare it with the contract, correct it and drop it again.",
        )  # fmt: skip

    def _compare(self, load: TableOutcome, reading: _Reading) -> None:
        known = self._bench.warehouse.has_table(self._schema, self._contract.name)
        comparison = Comparison(
            self._bench.warehouse, self._schema, load, [reading.rows], distinct=False, known=known
        )
        changes = self._bench.folder / "changes.parquet"
        comparison.write_changes(changes, self._seen(reading), self._bench.settings)
        if load.rows_to_land or load.rows_deleted or not known:
            load.files = [changes]

    def _seen(self, reading: _Reading) -> list[Path] | None:
        """Files that hold every key of a file that says all of its table."""
        if self._fetch.rows == "some":
            return None
        if not reading.refused_keys:
            return [reading.rows]
        keys = self._bench.folder / "refused.parquet"
        pq.write_table(pa.concat_tables(reading.refused_keys, promote_options="permissive"), keys)
        return [reading.rows, keys]


def _count(read: CsvRead, load: TableOutcome) -> None:
    """`rows_read` is counted where records are cut, so that a row lost on the way is missed."""
    load.rows_read, load.bytes_read = read.rows_read, read.bytes_read
    load.filtered["empty"] = read.rows_empty
    load.refused += [Refused(it.position, it.reason, "", dict(it.payload)) for it in read.refused]
    read.refused.clear()
    load.rows_quarantined = len(load.refused)
    for column, times in read.formulas.items():
        load.repairs[column, "formula_like"] = times
    if read.header:
        load.undeclared, load.missing = read.header.undeclared, read.header.missing


def _refuse_most(load: TableOutcome) -> None:
    """A file most of whose rows fit nowhere is none of this table, and would fill memory and quarantine."""
    if load.rows_quarantined > _MANY and 2 * load.rows_quarantined > load.rows_read:
        raise FileRefused(
            f"{load.rows_quarantined:,} of its first {load.rows_read:,} rows do not fit {load.contract.name} "
            f"({_reasons(load.refused)}).", "Compare it with the contract, correct it and drop it again.",
        )  # fmt: skip


def _reasons(refused: list[Refused]) -> str:
    """The three commonest, without a value: `width`, `not_a_date of closed_on`."""
    said: dict[str, int] = {}
    for row in refused:
        word = f"{row.reason} of {row.column}" if row.column else row.reason
        said[word] = said.get(word, 0) + 1
    commonest = sorted(said, key=lambda word: (-said[word], word))[:3]
    return ", ".join(f"{said[word]:,} × {word}" for word in commonest)
