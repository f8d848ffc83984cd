"""One instance of a DynamoDB platform: of each table the exports that its chain asks for, then its stream."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from pipelines.errors import PackageRefused, SourceError, WarehouseError
from pipelines.landing import register as said
from pipelines.landing.bench import OnRows
from pipelines.landing.exports.known import Landed, landed_exports
from pipelines.landing.exports.load import ItemsLoad
from pipelines.landing.exports.read import ItemTables
from pipelines.landing.exports.stage import Blocks, ItemFile
from pipelines.landing.exports.streams import StreamsLanding
from pipelines.landing.files import FilesLanding
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import PackageObject, Register
from pipelines.sources.dynamodb_export import (
    Export,
    chain_of,
    listed,
    read_export,
    read_files,
    summaries,
    unfinished,
)
from pipelines.sources.dynamodb_export.statement import CHANGED, ITEM
from pipelines.sources.edx_package import Store, StoredObject, open_store

_BLOCK_BYTES = 1 << 20
_AT_ONCE = 50  # exports of windows


class ExportsLanding(FilesLanding):
    """The landing of one instance; `outcomes` is filled export by export."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows) -> None:
        super().__init__(it, seal, on_rows)
        self._register = Register(it.warehouse, it.run_id, it.plan.contract.platform, it.name)

    def _run(self) -> None:
        self._store: Store = open_store(self._it.where, self._it.settings)
        self._objects = listed(self._store)
        exports = self._exports()
        for name, fetch in self._it.plan.config.items.items():
            if fetch.key:
                self._land_table(name, [one for one in exports if one.table == self._source_name(name)])
        streams = StreamsLanding(self._it, self._seal, self._on_rows, self._register)
        try:
            streams.run()
        finally:
            self.outcomes += streams.outcomes
            self.errors += streams.errors
            self.warnings += streams.warnings

    def _source_name(self, table: str) -> str:
        """The table's name in DynamoDB; an instance's `table_prefix` stands before it."""
        return (self._it.where.table_prefix or "") + (self._it.plan.config.items[table].table or table)

    def _exports(self) -> list[Export]:
        """Complete exports, each id once; what cannot be read is said, and what nobody asked for left out."""
        found: dict[str, Export] = {}
        for summary in summaries(self._objects):
            try:
                export = read_export(self._store, summary, self._objects)
            except PackageRefused as refused:
                self.errors.append(said.placed(refused, self._it))
                continue
            found.setdefault(export.id, export)
        if begun := unfinished(self._objects):
            self.warnings.append(
                f"{self._place}: {len(begun)} exports have no manifest-summary.json ({begun[0]}), so they "
                "are under way or failed and are not read."
            )
        wanted = {self._source_name(name) for name, fetch in self._it.plan.config.items.items() if fetch.key}
        for other in sorted({one.table for one in found.values()} - wanted):
            self.warnings.append(f"{self._place}: the table {other} is exported but in no contract.")
        return list(found.values())

    def _land_table(self, name: str, exports: list[Export]) -> None:
        """Along the chain; an export that is refused is as if it were not there; the chain is made anew."""
        usable = {export.id: export for export in exports}
        tables = ItemTables.of(self._it.plan.contract, dict(self._it.plan.config.items), name)
        self._contract_hash = "".join(contract.fingerprint for contract in tables.contracts)[:64]
        at_once = _AT_ONCE
        while True:
            landed = landed_exports(self._it, name)
            known: dict[str, Landed | Export] = {**landed, **usable}
            chain = chain_of(name, known.values())
            pending = [
                usable[one]
                for one in chain.links
                if one in usable and not self._is_done(usable[one], one in landed)
            ]
            if not pending:
                break
            # a full export is a load of its own; of windows some share one
            many = 1 if pending[0].is_full else at_once
            if not (error := self._land(pending[:many], name, tables, last_word=many == 1)):
                continue
            if many > 1 and len(pending) > 1:
                at_once = 1  # one of them is at fault, and the others land
                continue
            self._register.note_package(_known(pending[0]), "refused", self._contract_hash, str(error))
            del usable[pending[0].id]
        if chain.broken:
            platform = self._it.plan.contract.platform
            self.errors.append(
                SourceError(
                    f"{self._place}: {chain.broken}",
                    f"Export the table in full: warehouse land {platform} --export.",
                )
            )
        if not exports and not landed:
            self._make_empty(tables)

    def _is_done(self, export: Export, landed: bool) -> bool:
        return landed and self._register.is_done(_known(export), self._contract_hash)

    def _land(
        self, exports: list[Export], name: str, tables: ItemTables, *, last_word: bool
    ) -> WarehouseError | None:
        """Lands exports of one kind together; says why it did not, aloud if it has the `last_word`."""
        try:
            files = [file for export in exports for file in read_files(self._store, export, self._objects)]
        except PackageRefused as refused:
            if last_word or len(exports) == 1:
                self.errors.append(said.placed(refused, self._it))
            return refused
        full = exports[0] if exports[0].is_full else None
        load = ItemsLoad(self._it, self._seal, self._on_rows, tables)
        load.run(
            [ItemFile(it.key, self._blocks(it.key), it.md5, it.items) for it in files],
            ITEM if full else CHANGED,
            {"written": full.at if full else 0},
            [_row(export, name) for export in exports],
            needless=self._needless(name, full) if full else (),
            replaces=bool({it.key for it in files} & self._register.ever_landed(name)),
        )
        error = next((outcome.error for outcome in load.outcomes if outcome.error), None)
        if not error or last_word or len(exports) == 1:
            said.say_once(self._it, load.outcomes, exports[0].id)
            self.outcomes += load.outcomes
        for export in exports if not error else ():
            self._register.note_package(_known(export), "done", self._contract_hash)
        return error

    def _needless(self, name: str, full: Export) -> list[str]:
        """Files of which all was written before this full export: what they say, it says anew."""
        if not self._it.warehouse.has_table(self._schema, name):
            return []
        rows = self._it.warehouse.rows(
            f'select _file_key from {self._schema}."{name}" where _instance = ? '
            "group by _file_key having max(_written_micros) < ?",
            [self._it.name, full.at],
        )
        return [key for (key,) in rows]

    def _make_empty(self, tables: ItemTables) -> None:
        """Models may rely on tables being there."""
        if all(self._it.warehouse.has_table(self._schema, one.name) for one in tables.contracts):
            return
        load = ItemsLoad(self._it, self._seal, self._on_rows, tables)
        load.run([], ITEM, {"written": 0})

    def _blocks(self, key: str) -> Blocks:
        stored = self._objects[key]

        def blocks() -> Generator[bytes, None, None]:
            with self._store.open(stored) as file:
                while block := file.read(_BLOCK_BYTES):
                    yield block

        return blocks

    @property
    def _schema(self) -> str:
        return self._it.plan.contract.schema

    @property
    def _place(self) -> str:
        return f"{self._it.plan.contract.platform}/{self._it.name}"


def _known(export: Export) -> PackageObject:
    summary: StoredObject = export.summary
    at: datetime = export.day
    return PackageObject(summary.key, summary.etag, summary.size, summary.modified, at.date())


def _row(export: Export, name: str) -> dict[str, str]:
    return {
        "_file_key": export.summary.key, "export_id": export.id, "table_name": name,
        "table_id": export.table_id, "export_type": "full" if export.is_full else "incremental",
        "from_micros": str(export.start), "to_micros": str(export.end), "item_count": str(export.items),
    }  # fmt: skip
