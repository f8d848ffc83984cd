"""One instance of a package platform: every archive that is new, newest first, each a load of its own."""

from __future__ import annotations

import hashlib
from contextlib import closing

from pipelines.errors import LoginRefused, SourceError, SourceUnreachable, WarehouseError
from pipelines.landing import register as said
from pipelines.landing.bench import OnRows
from pipelines.landing.files import FilesLanding
from pipelines.landing.logs import LogsLanding
from pipelines.landing.packages.archive import ArchiveLanding
from pipelines.landing.packages.decide import Deciding, Decision
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import PackageObject, Register
from pipelines.sources.edx_package import (
    Keyring,
    Store,
    StoredObject,
    archives_of,
    members,
    open_store,
)


class PackagesLanding(FilesLanding):
    """The landing of one instance; `outcomes` is filled archive by archive."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows) -> None:
        super().__init__(it, seal, on_rows)
        self._register = Register(it.warehouse, it.run_id, it.plan.contract.platform, it.name)

    def _run(self) -> None:
        it = self._it
        store = open_store(it.where, it.settings)
        pending = [
            archive
            for archive in self._archives(store)
            if not self._register.is_done(archive[0], self._contract_hash)
        ]
        logs = LogsLanding(it, self._seal, self._on_rows, self._register)
        daily = logs.pending()
        if not pending and not daily:
            return
        with Keyring(it.where.gpg, it.settings.work_folder) as keyring:
            self._land_archives(store, pending, keyring)
            try:
                logs.land(daily, keyring)
            finally:
                self.outcomes += logs.outcomes
                self.warnings += logs.warnings

    def _land_archives(
        self, store: Store, pending: list[tuple[PackageObject, StoredObject]], keyring: Keyring
    ) -> None:
        for archive, stored in pending:
            try:
                self._land(store, stored, archive, keyring)
            except (LoginRefused, SourceUnreachable):
                raise  # the others would not answer either
            except SourceError as refused:
                self.errors.append(said.placed(refused, self._it, archive.key))
                self._register.note_package(archive, "refused", self._contract_hash, str(refused))

    @property
    def _contract_hash(self) -> str:
        """Of what archives bring; logs have their own."""
        files, tables = self._it.plan.config.files, self._it.plan.contract.tables
        brought = [table.fingerprint for name, table in tables.items() if files[name].format != "log"]
        return hashlib.sha256("".join(brought).encode()).hexdigest()[:16]

    def _archives(self, store: Store) -> list[tuple[PackageObject, StoredObject]]:
        """The organisation's archives, newest first, so that older ones need not be landed at all."""
        organisations = self._it.where.organisations or (self._it.name,)
        found = [
            (PackageObject(it.key, it.etag, it.size, it.modified, name.snapshot_date), it)
            for name, it in archives_of(store, organisations)
            if name.snapshot_date
        ]
        return sorted(found, key=lambda pair: pair[0].age, reverse=True)

    def _land(self, store: Store, stored: StoredObject, archive: PackageObject, keyring: Keyring) -> None:
        it = self._it
        deciding = Deciding(
            it.plan.contract, it.plan.config, it.where.site, self._register.newest(),
            self._register.settled(archive),
        )  # fmt: skip
        with closing(store.open(stored)) as file:
            decisions = list(deciding.decide(archive, members(file)))
            landing = ArchiveLanding(it, self._seal, self._on_rows, keyring)
            try:
                landing.run(archive, decisions)
            except WarehouseError as stopped:
                for table in landing.outcomes:  # archives before this one did land
                    table.error = table.error or stopped
                raise
            finally:
                self.outcomes += landing.outcomes
        self._note(archive, decisions)

    def _note(self, archive: PackageObject, decisions: list[Decision]) -> None:
        place = f"{self._it.plan.contract.platform}/{self._it.name}"
        refused = [decision for decision in decisions if decision.outcome == said.REFUSED]

        def noted() -> None:
            self._register.note_members(archive, [decision.record for decision in decisions])
            self._register.note_package(archive, "partly" if refused else "done", self._contract_hash)

        self._it.warehouse.in_transaction(noted)
        for decision in refused:
            if not decision.record.load_id:  # else its own error says it
                self.errors.append(
                    SourceError(
                        f"{place}: {archive.key}/{decision.member.name} was not read: "
                        f"{decision.record.reason}.",
                        "The others were; ask the provider for it again.",
                    )
                )
        self._warn(place, archive, decisions)

    def _warn(self, place: str, archive: PackageObject, decisions: list[Decision]) -> None:
        failed = [it.member.name for it in decisions if it.outcome == said.FAILED_AT_SOURCE]
        if failed:
            self.warnings.append(
                f"{place}: {archive.key}: the provider could not make {len(failed)} files "
                f"({', '.join(failed[:3])}); the last good version of each stays."
            )
        unknown = [it.member.name for it in decisions if it.outcome == said.UNKNOWN]
        if unknown:
            self.warnings.append(
                f"{place}: {archive.key}: {len(unknown)} files are of no known kind and were skipped "
                f"({', '.join(unknown[:3])})."
            )
