"""Stream files of one instance: objects that Firehose wrote, each of which lands once and replaces itself."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from pipelines.errors import LoginRefused, SourceError, SourceUnreachable, WarehouseError
from pipelines.landing import register as said
from pipelines.landing.bench import OnRows
from pipelines.landing.exports.load import ItemsLoad
from pipelines.landing.exports.read import ItemTables
from pipelines.landing.exports.stage import Blocks, ItemFile
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import PackageObject, Register
from pipelines.sources.dynamodb_export.statement import STREAMED
from pipelines.sources.edx_log import logs_place
from pipelines.sources.edx_package import Store, StoredObject, open_store

FAILED = "processing-failed/"
_BLOCK_BYTES = 1 << 20
# of objects as they lie there: what one load reads before it commits
_LOAD_BYTES = 64 << 20
_LOAD_FILES = 200


class StreamsLanding:
    """`outcomes` has one entry an object and table."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows, register: Register) -> None:
        self._it, self._seal, self._on_rows, self._register = it, seal, on_rows, register
        self._place = f"{it.plan.contract.platform}/{it.name}"
        self.outcomes: list[TableOutcome] = []
        self.errors: list[WarehouseError] = []
        self.warnings: list[str] = []

    def run(self) -> None:
        """Lands objects that are new, whenever they were delivered.

        Raises a SourceError when the store does not answer.
        """
        streams = {name: str(it.stream) for name, it in self._it.plan.config.items.items() if it.stream}
        if not streams:
            return
        self._store: Store = open_store(logs_place(self._it.where), self._it.settings)
        for name, prefix in streams.items():
            objects = self._store.objects([prefix])
            failed = [it for it in objects if f"/{FAILED}" in f"/{it.key}"]
            if failed:
                self._alert(name, failed)
            self._land(name, [it for it in objects if it not in failed and it.size])

    def _alert(self, name: str, failed: list[StoredObject]) -> None:
        self.errors.append(
            SourceError(
                f"{self._place}: Firehose could not process {len(failed)} objects of the stream of {name} "
                f"({failed[0].key}); what they hold has not landed.",
                "See `errorCode` in them and remove them once their records were sent again or a full "
                "export has landed.",
            )
        )

    def _land(self, name: str, objects: list[StoredObject]) -> None:
        tables = ItemTables.of(self._it.plan.contract, dict(self._it.plan.config.items), name)
        contract_hash = "".join(contract.fingerprint for contract in tables.contracts)[:64]
        done, landed = self._register.done(contract_hash), self._register.ever_landed(name)
        source = (self._it.where.table_prefix or "") + (self._it.plan.config.items[name].table or name)
        for objects_at_once in _loads([it for it in objects if (it.key, it.etag) not in done]):
            load = ItemsLoad(self._it, self._seal, self._on_rows, tables, whole=False)
            files = [ItemFile(it.key, self._blocks(it)) for it in objects_at_once]
            again = bool({it.key for it in objects_at_once} & landed)
            try:
                load.run(files, STREAMED, {"table": source}, replaces=again)
            finally:
                self.outcomes += load.outcomes
            self._note(objects_at_once, load.outcomes, contract_hash)

    def _note(self, objects: list[StoredObject], outcomes: list[TableOutcome], contract_hash: str) -> None:
        errors = {outcome.file_key: outcome.error for outcome in outcomes if outcome.error}

        def noted() -> None:
            for it in objects:
                error = errors.get(it.key)
                known = PackageObject(it.key, it.etag, it.size, it.modified, it.modified.date())
                self._register.note_package(
                    known, "refused" if error else "done", contract_hash, str(error) if error else None
                )

        self._it.warehouse.in_transaction(noted)
        said.say_once(self._it, outcomes)
        for outcome in outcomes:
            if isinstance(outcome.error, (LoginRefused, SourceUnreachable)):
                raise type(outcome.error)(*outcome.error.args)  # the others would not come either

    def _blocks(self, stored: StoredObject) -> Blocks:
        def blocks() -> Generator[bytes, None, None]:
            with self._store.open(stored) as file:
                while block := file.read(_BLOCK_BYTES):
                    yield block

        return blocks


def _loads(objects: list[StoredObject]) -> Iterator[list[StoredObject]]:
    load: list[StoredObject] = []
    for it in objects:
        if load and (len(load) == _LOAD_FILES or sum(one.size for one in load) + it.size > _LOAD_BYTES):
            yield load
            load = []
        load.append(it)
    if load:
        yield load
