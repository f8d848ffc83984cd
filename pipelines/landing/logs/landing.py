"""The daily logs of one instance: what is new or was issued again; small files share a load."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.contracts import TableContract
from pipelines.errors import LoginRefused, SourceUnreachable
from pipelines.landing import register as said
from pipelines.landing.bench import OnRows
from pipelines.landing.logs.load import LogLoad
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import PackageObject, Register
from pipelines.sources.edx_log import logs_of, logs_place
from pipelines.sources.edx_package import Keyring, Store, StoredObject, open_store

# of compressed and encrypted files: what one load reads before it commits
_LOAD_BYTES = 32 << 20
_LOAD_FILES = 200


@dataclass(frozen=True)
class DailyLog:
    """One file as the register and as the store know it."""

    known: PackageObject
    stored: StoredObject


class LogsLanding:
    """The landing of one instance's logs; `outcomes` has one entry a file."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows, register: Register) -> None:
        self._it, self._seal, self._on_rows, self._register = it, seal, on_rows, register
        self.outcomes: list[TableOutcome] = []
        self.warnings: list[str] = []

    @property
    def _contract(self) -> TableContract | None:
        """The table that logs land in, where the platform has one."""
        for name, fetch in self._it.plan.config.files.items():
            if fetch.format == "log":
                return self._it.plan.contract.table(name)
        return None

    def pending(self) -> list[DailyLog]:
        """Files that did not land yet as they are now, oldest first; raises what listing a store raises."""
        contract = self._contract
        if contract is None:
            return []
        where = self._it.where
        self._store: Store = open_store(logs_place(where), self._it.settings)
        done = self._register.done(contract.fingerprint)
        organisations = where.organisations or (self._it.name,)
        return [
            DailyLog(PackageObject(it.key, it.etag, it.size, it.modified, name.day), it)
            for name, it in logs_of(self._store, organisations, where.site)
            if (it.key, it.etag) not in done
        ]

    def land(self, pending: list[DailyLog], keyring: Keyring) -> None:
        """Lands them load by load. Raises a SourceError when the store does not answer any more."""
        contract = self._contract
        if contract is None:
            return
        for files in self._loads(pending, contract):
            load = LogLoad(self._it, self._seal, self._on_rows, contract)
            try:
                load.run([file.known for file in files], self._opened(files, keyring))
            finally:
                self.outcomes += load.outcomes
            self._note(files, load.outcomes, contract)
            self._stop_if_gone(load.outcomes)

    def _opened(self, files: list[DailyLog], keyring: Keyring) -> LogLoad.Opened:
        stored = {file.known.key: file.stored for file in files}

        def blocks(key: str) -> Iterator[bytes]:
            with self._store.open(stored[key]) as file:
                yield from keyring.decrypt(file)

        return blocks

    def _loads(self, pending: list[DailyLog], contract: TableContract) -> Iterator[list[DailyLog]]:
        """New files apart from those that landed before, which have rows to replace."""
        landed = self._register.ever_landed(contract.name)
        for again in (False, True):
            load: list[DailyLog] = []
            for file in (one for one in pending if (one.known.key in landed) is again):
                full = sum(one.known.size for one in load) + file.known.size > _LOAD_BYTES
                if load and (full or len(load) == _LOAD_FILES):
                    yield load
                    load = []
                load.append(file)
            if load:
                yield load

    def _note(self, files: list[DailyLog], outcomes: list[TableOutcome], contract: TableContract) -> None:
        of_key = {outcome.file_key: outcome for outcome in outcomes}
        place = f"{contract.platform}/{self._it.name}"

        def noted() -> None:
            for file in files:
                error = of_key[file.known.key].error
                outcome = "refused" if error else "done"
                self._register.note_package(
                    file.known, outcome, contract.fingerprint, str(error) if error else None
                )

        self._it.warehouse.in_transaction(noted)
        empty = [key for key, outcome in of_key.items() if not outcome.rows_read and not outcome.error]
        if empty:
            self.warnings.append(
                f"{place}: {len(empty)} logs have no line ({', '.join(str(key) for key in empty[:3])}); "
                "what landed of those days before stays."
            )

    def _stop_if_gone(self, outcomes: list[TableOutcome]) -> None:
        said.say_once(self._it, outcomes)
        for outcome in outcomes:
            if isinstance(outcome.error, (LoginRefused, SourceUnreachable)):
                raise type(outcome.error)(*outcome.error.args)  # the others would not come either
