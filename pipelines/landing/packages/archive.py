"""One archive, one load: its members are decided, read, compared with staging and committed together."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pyarrow as pa

from pipelines.contracts import TableContract
from pipelines.errors import (
    LoginRefused,
    SourceError,
    SourceInterrupted,
    SourceUnreachable,
    WarehouseError,
)
from pipelines.landing import register as said
from pipelines.landing.bench import Bench, OnRows, Writer, write_empty
from pipelines.landing.classify import Classifier
from pipelines.landing.columns import follow_contract
from pipelines.landing.commit import commit
from pipelines.landing.compare import Comparison
from pipelines.landing.instance import fresh_folder
from pipelines.landing.load import DELETE_INSERT, Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.packages.compare import FileComparison
from pipelines.landing.packages.decide import Decision
from pipelines.landing.packages.stage import count_lines, stage_member
from pipelines.landing.plan import Instance
from pipelines.landing.quarantine import Seal
from pipelines.landing.register import PackageObject
from pipelines.sources.edx_package import Keyring, open_member

SNAPSHOTS = "snapshots"


class ArchiveLanding:
    """The landing of one archive; `outcomes` has one entry a member read, and one for the snapshots."""

    def __init__(self, it: Instance, seal: Seal, on_rows: OnRows, keyring: Keyring) -> None:
        self._it, self._seal, self._keyring = it, seal, keyring
        self._schema = it.plan.contract.schema
        folder = fresh_folder(it)
        self._bench = Bench(it.settings, it.warehouse, self._schema, it.plan.key, folder, on_rows)
        self.outcomes: list[TableOutcome] = []
        self._given_up: SourceError | None = None

    def run(self, archive: PackageObject, decisions: list[Decision]) -> None:
        """Reads what is to be read and commits it; what became of each member is left on its record."""
        self._archive = archive
        wanted = [it for it in decisions if it.outcome in (said.LANDED, said.SUPERSEDED)]
        self._members = {it.member.name: (it, self._outcome_of(it)) for it in wanted}
        if not wanted:
            return
        loads = [TableOutcome(self._contract(name), self._it.name) for name in self._tables(wanted)]
        platform = self._it.plan.contract.platform
        package = Package(self._it.settings, self._it.warehouse, platform, self._schema, merges=DELETE_INSERT)
        package.extract(loads, self._stage)
        self._tell_members(loads)
        snapshots = loads[-1]
        self.outcomes = [outcome for _, outcome in self._members.values()] + [snapshots]
        commit(
            self._it, self._seal, package, self.outcomes, to_load=any(load.files for load in loads)
        )  # fmt: skip
        self._note()
        shutil.rmtree(self._bench.folder, ignore_errors=True)

    def _tell_members(self, loads: list[TableOutcome]) -> None:
        """A table that could not be staged takes its members with it, read or not."""
        stopped = {load.contract.name: load.error for load in loads if load.error}
        for decision, outcome in self._members.values():
            refused = stopped.get(outcome.contract.name)
            if refused and not outcome.error:
                self._refuse(decision, outcome, refused)

    def _tables(self, wanted: list[Decision]) -> list[str]:
        """Those with a member, those that are not there yet (models may rely on them), the snapshots last."""
        tables = {it.record.table for it in wanted}
        return [
            *(
                name
                for name in self._it.plan.contract.tables
                if name != SNAPSHOTS
                and (name in tables or not self._bench.warehouse.has_table(self._schema, name))
            ),
            SNAPSHOTS,
        ]

    def _contract(self, table: str) -> TableContract:
        return self._it.plan.contract.tables[table]

    def _outcome_of(self, decision: Decision) -> TableOutcome:
        outcome = TableOutcome(self._contract(str(decision.record.table)), self._it.name)
        outcome.scope = decision.record.entity
        outcome.file_key = f"{self._archive.key}/{decision.member.name}"
        outcome.mode = "superseded" if decision.outcome == said.SUPERSEDED else "file"
        return outcome

    def _stage(self, load: TableOutcome) -> None:
        """All members of one table, inside dlt's extract step."""
        if load.contract.name == SNAPSHOTS:
            self._stage_snapshots(load)
            return
        follow_contract(self._bench.warehouse, self._schema, load.contract)
        read = []
        for number, (decision, outcome) in enumerate(self._members.values()):
            if outcome.contract.name != load.contract.name:
                continue
            outcome.load_id = load.load_id
            path = self._bench.folder / f"{load.contract.name}.{number}.parquet"
            if self._read(decision, outcome, path):
                read.append((outcome, path))
        if read:
            self._compare(load, [outcome for outcome, _ in read], [path for _, path in read])
        elif not self._bench.warehouse.has_table(self._schema, load.contract.name):
            load.files = [self._bench.folder / f"{load.contract.name}.empty.parquet"]
            write_empty(self._bench, load.contract, load.files[0], positions=False)

    def _read(self, decision: Decision, outcome: TableOutcome, path: Path) -> bool:
        """Whether the member brought rows to compare; its own error stops no other."""

        def blocks() -> Generator[bytes, None, None]:
            return self._keyring.decrypt(open_member(decision.member))

        fetch = self._it.plan.config.files[outcome.contract.name]
        try:
            if self._given_up:
                raise self._given_up
            if decision.outcome == said.SUPERSEDED:
                count_lines(blocks, outcome)
                return False
            stage_member(self._bench, blocks, fetch, outcome, path)
        except SourceError as refused:
            path.unlink(missing_ok=True)
            self._refuse(decision, outcome, refused)
            if isinstance(refused, (LoginRefused, SourceUnreachable, SourceInterrupted)):
                self._given_up = refused  # the store would not give the others either
            return False
        if not outcome.bytes_read:
            decision.record.outcome = outcome.mode = said.EMPTY
        return bool(outcome.bytes_read)

    def _refuse(self, decision: Decision, outcome: TableOutcome, refused: WarehouseError) -> None:
        """What an old file says does not matter any more, not even that it cannot be read."""
        outcome.forget()
        decision.record.reason = str(refused)
        if decision.outcome != said.SUPERSEDED:
            outcome.error, decision.record.outcome = refused, said.REFUSED

    def _compare(self, load: TableOutcome, members: list[TableOutcome], files: list[Path]) -> None:
        target = self._bench.folder / f"{load.contract.name}.changes.parquet"
        known = self._bench.warehouse.has_table(self._schema, load.contract.name)
        comparison = FileComparison(self._bench.warehouse, self._schema, load.contract, files, members)
        changes = comparison.write_changes(target)
        load.rows_to_land = sum(member.rows_to_land for member in members)
        load.rows_deleted = sum(member.rows_deleted for member in members)
        if load.rows_to_land or load.rows_deleted or not known:
            load.files = changes

    def _stage_snapshots(self, load: TableOutcome) -> None:
        """One row for each (entity, table) that this archive says anew."""
        load.file_key, load.mode = self._archive.key, "file"
        rows = [
            [str(outcome.scope), outcome.contract.name, f"{self._archive.snapshot_date}",
             str(outcome.file_key), str(outcome.rows_to_land + outcome.filtered["unchanged"])]
            for decision, outcome in self._members.values()
            if decision.outcome == said.LANDED
        ]  # fmt: skip
        if not rows:
            return
        names = ["_entity", "table_name", "snapshot_date", "file_key", "row_count"]
        batch = pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})
        raw = self._bench.folder / f"{SNAPSHOTS}.parquet"
        classifier = Classifier(
            self._bench.warehouse, load.contract, load.instance, self._bench.key, load.load_id,
            self._bench.settings.clock,
        )  # fmt: skip
        with Writer(raw) as writer:
            writer.write(classifier.classify(batch, 0).landed)
        load.rows_read = len(rows)
        self._settle_snapshots(load, raw)

    def _settle_snapshots(self, load: TableOutcome, raw: Path) -> None:
        known = self._bench.warehouse.has_table(self._schema, SNAPSHOTS)
        changes = self._bench.folder / f"{SNAPSHOTS}.changes.parquet"
        comparison = Comparison(
            self._bench.warehouse, self._schema, load, [raw], distinct=False, known=known
        )  # fmt: skip
        comparison.write_changes(changes, None, self._bench.settings)
        if load.rows_to_land or not known:
            load.files = [changes]

    def _note(self) -> None:
        said.say_once(self._it, self.outcomes, self._archive.key)
        for decision, outcome in self._members.values():
            decision.record.load_id = outcome.load_id
            decision.record.undeclared, decision.record.missing = outcome.undeclared, outcome.missing
            if outcome.error and decision.outcome == said.LANDED:
                decision.record.outcome, decision.record.reason = said.REFUSED, str(outcome.error)
