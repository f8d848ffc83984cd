"""Lands platforms: for every instance guard → stage its tables → commit → recount → close the ledger."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.errors import (
    ContractError,
    LandingError,
    SettingsError,
    SourceError,
    Unbalanced,
    WarehouseError,
)
from pipelines.landing.ledger import close_landing, open_landings, recount, settle, utc_now
from pipelines.landing.load import Package
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.personal import PseudonymKey, pseudonym_key
from pipelines.landing.quarantine import Seal, keep
from pipelines.landing.stage import Bench, stage_table
from pipelines.landing.touched import record_touched
from pipelines.settings import InstanceSettings, Settings
from pipelines.sources.config import SourceConfig, config_path, load_source_config
from pipelines.sources.replica import Reader, open_reader
from pipelines.warehouse import Warehouse

OnRows = Callable[[TableOutcome], None]


@dataclass
class PlatformOutcome:
    """One platform's landing: its tables, and the error that stopped it whole, if one did."""

    platform: str
    tables: list[TableOutcome] = field(default_factory=list)
    errors: list[WarehouseError] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """A platform that may be fetched: its contract and source config are without a problem."""

    contract: PlatformContract
    config: SourceConfig
    key: PseudonymKey


def plan_platform(settings: Settings, platform: str) -> Plan:
    """Everything that can be refused before anything is fetched. Raises ContractError, SettingsError."""
    contract = load_contract(contract_path(platform))
    config = load_source_config(config_path(platform), contract)
    instances = settings.sources.get(platform, {})
    sample = all("/sample/" in where.url.get_secret_value() for where in instances.values())
    return Plan(contract, config, pseudonym_key(settings, sample_source=sample))


def land_platform(
    settings: Settings, warehouse: Warehouse, run_id: str, platform: str, on_rows: OnRows
) -> PlatformOutcome:
    """Lands every instance of one platform; an error stops that instance or table, never the others."""
    result = PlatformOutcome(platform)
    try:
        plan = plan_platform(settings, platform)
        seal = Seal(settings)
        for table in settle(warehouse, platform, plan.contract.schema):
            record_touched(warehouse, plan.contract.schema, plan.contract.tables[table], "settled")
    except (ContractError, SettingsError) as refused:
        result.errors.append(refused)
        return result
    for instance, where in settings.sources[platform].items():
        landing = _InstanceLanding(settings, warehouse, run_id, plan, seal, instance, where, on_rows)
        try:
            result.tables += landing.run()
        except (SourceError, LandingError, SettingsError) as stopped:
            result.errors.append(stopped)
            result.tables += landing.outcomes
    return result


class _InstanceLanding:
    """One instance of one platform, one load package."""

    def __init__(
        self, settings: Settings, warehouse: Warehouse, run_id: str, plan: Plan, seal: Seal, instance: str,
        where: InstanceSettings, on_rows: OnRows,
    ) -> None:  # fmt: skip
        self._settings, self._warehouse, self._run_id, self._plan = settings, warehouse, run_id, plan
        self._seal, self._instance, self._where, self._on_rows = seal, instance, where, on_rows
        self.outcomes: list[TableOutcome] = []

    def run(self) -> list[TableOutcome]:
        contract = self._plan.contract
        reader = open_reader(contract.platform, self._instance, self._where, self._settings)
        try:
            reader.guard()
            outcomes = [TableOutcome(table, self._instance) for table in contract.tables.values()]
            package = Package(self._settings, self._warehouse, contract.platform, contract.schema)
            folder = self._fresh_folder()
            package.extract(outcomes, self._stage(reader, folder))
            self.outcomes = outcomes
            self._commit(package, outcomes)
            shutil.rmtree(folder, ignore_errors=True)
            return outcomes
        finally:
            reader.close()

    def _stage(self, reader: Reader, folder: Path) -> Callable[[TableOutcome], None]:
        bench = Bench(
            self._settings, self._warehouse, self._plan.contract.schema, self._plan.key, folder, self._on_rows
        )

        def stage(outcome: TableOutcome) -> None:
            name = outcome.contract.name
            physical = self._plan.config.physical_name(name, self._where.table_prefix)
            stage_table(bench, reader, physical, self._plan.config.tables[name], outcome)

        return stage

    def _commit(self, package: Package, outcomes: list[TableOutcome]) -> None:
        """Ledger open → dlt commit → recount → ledger closed. A failure closes the rows as failed."""
        read = [outcome for outcome in outcomes if not outcome.error]
        with self._warehouse.transaction():
            open_landings(self._warehouse, self._run_id, read)
            for outcome in read:
                keep(self._warehouse, self._seal, outcome)
                self._record_drift(outcome)
        try:
            if any(outcome.file for outcome in read):
                package.commit()
            else:
                package.discard()
        except LandingError as failed:
            for outcome in read:
                outcome.error = failed
        for outcome in read:
            self._close(outcome)

    def _close(self, outcome: TableOutcome) -> None:
        schema, contract = self._plan.contract.schema, outcome.contract
        outcome.rows_landed = recount(
            self._warehouse, schema, contract.name, outcome.instance, outcome.load_id
        )
        if not outcome.error and not outcome.balanced:
            outcome.error = Unbalanced(
                f"{outcome.platform}/{outcome.instance}: {contract.name} read {outcome.rows_read} rows, but landed "
                f"{outcome.rows_landed} + quarantined {outcome.rows_quarantined} + filtered {outcome.rows_filtered}.",
                "Nothing is published from it; run again, and report it if it stays.",
            )
        close_landing(self._warehouse, outcome, "failed" if outcome.error else "closed")
        self._record_repairs(outcome)
        if outcome.changed:
            record_touched(self._warehouse, schema, contract, outcome.load_id)

    def _record_repairs(self, outcome: TableOutcome) -> None:
        place = {"load_id": outcome.load_id, "platform": outcome.platform, "instance": outcome.instance}
        self._warehouse.insert(
            "ops.value_repairs",
            [
                {
                    **place,
                    "table_name": outcome.contract.name,
                    "column_name": column,
                    "reason": why,
                    "row_count": n,
                }
                for (column, why), n in outcome.repairs.items()
            ],
        )

    def _record_drift(self, outcome: TableOutcome) -> None:
        place = {"run_id": self._run_id, "platform": outcome.platform, "instance": outcome.instance}
        self._warehouse.insert(
            "ops.drift",
            [
                {**place, "table_name": outcome.contract.name, "column_name": name, "source_type": None,
                 "seen_at": utc_now()}
                for name in outcome.undeclared
            ],
        )  # fmt: skip

    def _fresh_folder(self) -> Path:
        folder = (
            self._settings.work_folder.resolve() / "landing" / self._plan.contract.platform / self._instance
        )
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder
