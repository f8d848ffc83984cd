"""One load of data files of one table: read, staged one by one, committed together.

An export lands whole or not at all; of stream files, one that cannot be read stops no other.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.errors import LoginRefused, SourceError, SourceUnreachable
from pipelines.landing.bench import Bench, OnRows, Writer, write_empty
from pipelines.landing.classify import Classifier
from pipelines.landing.columns import follow_contract
from pipelines.landing.commit import commit
from pipelines.landing.exports.read import ItemTables
from pipelines.landing.exports.stage import ItemFile, ItemStage
from pipelines.landing.instance import fresh_folder
from pipelines.landing.load import APPEND, REPLACE_FILES, Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.sources.dynamodb_export.statement import ITEM, Shape
from pipelines.warehouse.quoting import literal


class ItemsLoad:
    """`outcomes` has one entry a file and table that it feeds, and one for what is noted of an export."""

    def __init__(
        self, it: Instance, seal: Seal, on_rows: OnRows, tables: ItemTables, *, whole: bool = True
    ) -> None:
        self._it, self._seal, self._tables, self._whole = it, seal, tables, whole
        self._schema = it.plan.contract.schema
        self._bench = Bench(
            it.settings, it.warehouse, self._schema, it.plan.key, fresh_folder(it), on_rows
        )  # fmt: skip
        self._staged: dict[str, list[Path]] = {}
        self.outcomes: list[TableOutcome] = []

    def run(
        self,
        files: list[ItemFile],
        shape: Shape,
        parameters: dict[str, object],
        notes: Sequence[dict[str, str]] = (),
        needless: Iterable[str] = (),
        replaces: bool = False,
    ) -> None:
        """Reads and commits the files. `notes` are rows of the table of exports, `needless` are files whose
        rows go with this load; `replaces`: some of the files may have landed before.
        """
        self._files, self._shape, self._parameters = files, shape, parameters
        self._needless = sorted(set(needless) - {file.key for file in files})
        self._of_file = {
            file.key: [self._outcome(contract, file.key) for contract in self._tables.contracts]
            for file in files
        }
        self.outcomes = [outcome for outcomes in self._of_file.values() for outcome in outcomes]
        loads = [TableOutcome(contract, self._it.name, mode="file") for contract in self._tables.contracts]
        self._notes = {note["_file_key"]: note for note in notes}
        self._noted = [self._outcome(self._exports, key) for key in self._notes]
        if notes:
            loads.append(TableOutcome(self._exports, self._it.name, mode="file"))
            self.outcomes += self._noted
        merges = REPLACE_FILES if replaces or self._needless else APPEND
        platform = self._it.plan.contract.platform
        package = Package(self._it.settings, self._it.warehouse, platform, self._schema, merges=merges)
        package.extract(loads, self._stage)
        failed = next((load.error for load in loads if load.error), None)
        if self._whole and failed:
            self._refuse_all(loads, failed)
        commit(self._it, self._seal, package, self.outcomes, to_load=any(load.files for load in loads))
        shutil.rmtree(self._bench.folder, ignore_errors=True)

    @property
    def _exports(self) -> TableContract:
        items = self._it.plan.config.items
        return self._it.plan.contract.table(next(name for name, fetch in items.items() if fetch.exports))

    def _outcome(self, contract: TableContract, key: str) -> TableOutcome:
        outcome = TableOutcome(contract, self._it.name, mode="file")
        outcome.file_key = outcome.scope = key
        return outcome

    def _stage(self, load: TableOutcome) -> None:
        """One table of the load, inside dlt's extract step: the items' comes first and reads all files."""
        name = load.contract.name
        follow_contract(self._bench.warehouse, self._schema, load.contract)
        if name == self._tables.contract.name:
            self._read_files(load)
        elif name == self._exports.name:
            self._stage_notes(load)
            return
        load.files = self._staged.get(name, [])
        if self._needless:
            load.files.append(self._bury(load, self._needless))
        if not load.files and not self._bench.warehouse.has_table(self._schema, name):
            load.files = [self._bench.folder / f"{name}.empty.parquet"]
            write_empty(self._bench, load.contract, load.files[0], positions=False)

    def _read_files(self, load: TableOutcome) -> None:
        stage = ItemStage(self._bench, self._tables, self._shape, self._parameters, load)
        gone: SourceError | None = None
        for number, file in enumerate(self._files):
            outcomes = self._of_file[file.key]
            paths = [self._bench.folder / f"{it.contract.name}.{number}.parquet" for it in outcomes]
            for outcome in outcomes:
                outcome.load_id = load.load_id
            try:
                if gone:
                    raise gone
                stage.stage(file, outcomes, paths)
            except SourceError as refused:
                for outcome in outcomes:
                    outcome.refuse(refused)
                if self._whole:
                    raise
                if isinstance(refused, (LoginRefused, SourceUnreachable)):
                    gone = refused  # the store would not give the others either
                continue
            for outcome, path in zip(outcomes, paths, strict=True):
                if outcome.rows_to_land:
                    self._staged.setdefault(outcome.contract.name, []).append(path)
        self._tell_unknown(stage.unknown)

    def _tell_unknown(self, unknown: Counter[str]) -> None:
        """Attributes that nobody declared, with the items that had them, since the last full export."""
        if self._shape is not ITEM:
            known = self._bench.warehouse.rows(
                "select column_name, row_count from ops.drift where platform = ? and instance = ? "
                "and table_name = ?",
                [self._it.plan.contract.platform, self._it.name, self._tables.contract.name],
            )
            unknown = unknown + Counter({name: count or 0 for name, count in known})
        for outcomes in self._of_file.values():
            outcomes[0].undeclared, outcomes[0].undeclared_rows = sorted(unknown), dict(unknown)

    def _stage_notes(self, load: TableOutcome) -> None:
        if any(outcome.error for outcome in self.outcomes):
            return
        names = [column.name for column in load.contract.fetched]
        batch = pa.table({name: [note.get(name) for note in self._notes.values()] for name in names})
        classifier = Classifier(
            self._bench.warehouse, load.contract, load.instance, self._bench.key, load.load_id,
            self._bench.settings.clock,
        )  # fmt: skip
        path = self._bench.folder / f"{load.contract.name}.parquet"
        with Writer(path) as writer:
            writer.write(classifier.classify(batch, 0).landed.drop_columns(["_position"]))
        load.files = [path]
        for outcome in self._noted:
            outcome.load_id, outcome.rows_read, outcome.rows_to_land = load.load_id, 1, 1

    def _bury(self, load: TableOutcome, keys: list[str]) -> Path:
        """Writes a row for each file that takes the place of all that landed of it, and does not land."""
        path = self._bench.folder / f"{load.contract.name}.gone.parquet"
        listed = [
            "f.key as _file_key"
            if column.name == "_file_key"
            else f'cast(null as {column.duckdb_type}) as "{column.name}"'
            for column in load.contract.landed
        ]
        listed += [f"{literal(load.instance)} as _instance", "cast(0 as bigint) as _row_hash"]
        listed += [f"'{load.load_id}' as _dlt_load_id", "true as _deleted"]
        files = ", ".join(f"({literal(key)})" for key in keys)
        self._bench.warehouse.local.execute(
            f"copy (select {', '.join(listed)} from (values {files}) as f (key)) to '{path}' (format parquet)"
        )
        return path

    def _refuse_all(self, loads: list[TableOutcome], error: object) -> None:
        """An export of which a part cannot be used counts as not read at all."""
        for load in loads:
            load.files = []
        for outcome in self.outcomes:
            outcome.refuse(error)  # type: ignore[arg-type]
