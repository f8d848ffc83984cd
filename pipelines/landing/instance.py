"""One platform instance, one load package: stage its tables, commit, recount, close the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from pipelines.contracts import PlatformContract
from pipelines.errors import LandingError, Unbalanced, WarehouseError
from pipelines.landing.bench import Bench
from pipelines.landing.ledger import (
    close_landing,
    close_unchanged,
    open_landings,
    record_load,
    recount,
    utc_now,
)
from pipelines.landing.load import Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.personal import PseudonymKey
from pipelines.landing.quarantine import Seal, keep, supersede
from pipelines.landing.stage import stage_table
from pipelines.landing.touched import record_touched
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.config import SourceConfig
from pipelines.sources.replica import PacedReader, Reader, SourceLoad, Timekeeper, open_reader
from pipelines.warehouse import Warehouse

OnRows = Callable[[TableOutcome], None]


@dataclass(frozen=True)
class Plan:
    """A platform that may be fetched: its contract and source config are without a problem."""

    contract: PlatformContract
    config: SourceConfig
    key: PseudonymKey


@dataclass(frozen=True)
class Instance:
    """What is landed, where from and where to."""

    settings: Settings
    warehouse: Warehouse
    run_id: str
    plan: Plan
    name: str
    where: InstanceSettings
    keeper: Timekeeper = field(default_factory=Timekeeper)


def guarded(reader: Reader, settings: Settings, keeper: Timekeeper) -> None:
    """The reader's guard; a source that does not answer is asked again, one that refuses is not."""
    for attempt in Retrying(
        retry=retry_if_exception(lambda failed: getattr(failed, "retryable", False)),
        stop=stop_after_attempt(settings.connect_attempts),
        wait=wait_exponential(max=30),
        sleep=keeper.sleep,
        reraise=True,
    ):
        with attempt:
            reader.guard()


class InstanceLanding:
    """The landing of one instance; `outcomes` is filled table by table."""

    def __init__(self, instance: Instance, seal: Seal, on_rows: OnRows) -> None:
        self._it, self._seal, self._on_rows = instance, seal, on_rows
        self.outcomes: list[TableOutcome] = []
        self.load: SourceLoad | None = None

    def run(self) -> None:
        """Fetches every table of the contract. Raises a SourceError when the instance cannot be read."""
        it = self._it
        engine = open_reader(it.plan.contract.platform, it.name, it.where, it.settings)
        reader = PacedReader(engine, it.where, it.keeper)
        self.load = reader.load
        try:
            guarded(reader, it.settings, it.keeper)
            tables = [TableOutcome(table, it.name) for table in it.plan.contract.tables.values()]
            self.land(tables, self._stage_from(reader))
        finally:
            reader.close()
            with suppress(WarehouseError):  # a full disk must not hide the sentence that says so
                record_load(it.warehouse, it.run_id, reader.load)

    def land(self, tables: list[TableOutcome], stage: Callable[[Bench, TableOutcome], None]) -> None:
        """Stages the tables and commits them as one package."""
        it, folder = self._it, self._fresh_folder()
        bench = Bench(it.settings, it.warehouse, it.plan.contract.schema, it.plan.key, folder, self._on_rows)
        package = Package(it.settings, it.warehouse, it.plan.contract.platform, it.plan.contract.schema)
        self.outcomes = tables
        package.extract(tables, lambda outcome: stage(bench, outcome))
        self._commit(package, tables)
        shutil.rmtree(folder, ignore_errors=True)

    def _stage_from(self, reader: Reader) -> Callable[[Bench, TableOutcome], None]:
        def stage(bench: Bench, outcome: TableOutcome) -> None:
            name = outcome.contract.name
            physical = self._it.plan.config.physical_name(name, self._it.where.table_prefix)
            stage_table(bench, reader, physical, self._it.plan.config.tables[name], outcome)

        return stage

    def _commit(self, package: Package, tables: list[TableOutcome]) -> None:
        """Ledger open → dlt commit → recount → ledger closed. A failure closes the rows as failed."""
        read = [outcome for outcome in tables if not outcome.error]
        with self._it.warehouse.transaction():
            open_landings(self._it.warehouse, self._it.run_id, tables)
            for outcome in read:
                keep(self._it.warehouse, self._seal, outcome)
            self._record_drift(read)
            self._record_repairs(read)
        try:
            if any(outcome.file for outcome in read):
                package.commit()
            else:
                package.discard()
        except LandingError as failed:
            for outcome in read:
                outcome.error = failed
        for outcome in read:
            self._recount(outcome)
        moved = [outcome for outcome in read if outcome.changed or outcome.error]
        for outcome in moved:
            self._close(outcome)
        close_unchanged(self._it.warehouse, [outcome for outcome in read if outcome not in moved])

    def _recount(self, outcome: TableOutcome) -> None:
        schema, contract, warehouse = self._it.plan.contract.schema, outcome.contract, self._it.warehouse
        outcome.rows_landed = recount(warehouse, schema, contract.name, outcome.instance, outcome.load_id)
        if not outcome.error and not outcome.balanced:
            outcome.error = Unbalanced(
                f"{outcome.platform}/{outcome.instance}: {contract.name} read {outcome.rows_read} rows, but "
                f"landed {outcome.rows_landed} + quarantined {outcome.rows_quarantined} + filtered "
                f"{outcome.rows_filtered}.",
                "Nothing is published from it; run again, and report it if it stays.",
            )

    def _close(self, outcome: TableOutcome) -> None:
        schema, contract, warehouse = self._it.plan.contract.schema, outcome.contract, self._it.warehouse
        # before the close: killed in between, the row is open and settling it does the same again
        if outcome.changed:
            record_touched(warehouse, schema, contract, outcome.load_id)
        if outcome.rows_landed:
            supersede(warehouse, schema, contract, outcome.instance, outcome.load_id)
        close_landing(warehouse, outcome, "failed" if outcome.error else "closed")

    def _record_repairs(self, read: list[TableOutcome]) -> None:
        self._it.warehouse.insert(
            "ops.value_repairs",
            [
                {"load_id": it.load_id, **_place(it), "column_name": column, "reason": why, "row_count": n}
                for it in read
                for (column, why), n in it.repairs.items()
            ],
        )

    def _record_drift(self, read: list[TableOutcome]) -> None:
        """Columns that these tables offered at this look, instead of those at the last one."""
        now, contract = utc_now(), self._it.plan.contract
        self._it.warehouse.execute(
            "delete from ops.drift where platform = ? and instance = ? and table_name in "
            "(select unnest(?::varchar[]))",
            [contract.platform, self._it.name, [outcome.contract.name for outcome in read]],
        )
        self._it.warehouse.insert(
            "ops.drift",
            [
                {"run_id": self._it.run_id, **_place(it), "seen_at": now, "column_name": name}
                for it in read
                for name in it.undeclared
            ],
        )

    def _fresh_folder(self) -> Path:
        it = self._it
        folder = it.settings.work_folder.resolve() / "landing" / it.plan.contract.platform / it.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder


def _place(outcome: TableOutcome) -> dict[str, object]:
    return {
        "platform": outcome.platform, "instance": outcome.instance, "table_name": outcome.contract.name,
    }  # fmt: skip
