"""Lands platforms: for every instance guard → stage its tables → commit → recount → close the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.contracts import PlatformContract, contract_path, load_contract
from pipelines.errors import ContractError, LandingError, SettingsError, SourceError, WarehouseError
from pipelines.landing.bench import OnRows
from pipelines.landing.drops import DropsLanding
from pipelines.landing.exports import ExportsLanding
from pipelines.landing.files import FilesLanding
from pipelines.landing.instance import InstanceLanding
from pipelines.landing.ledger import open_loads, refuse_another_key, settle
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.packages import PackagesLanding
from pipelines.landing.personal import pseudonym_key
from pipelines.landing.plan import Instance, Plan
from pipelines.landing.quarantine import Seal, expire, supersede
from pipelines.landing.touched import record_touched
from pipelines.settings import Settings
from pipelines.sources.config import config_path, load_source_config
from pipelines.sources.replica import SourceLoad, Timekeeper
from pipelines.warehouse import Warehouse

# files of a drop by instance
Only = Mapping[str, frozenset[str]]
_KINDS: dict[str, type[InstanceLanding | FilesLanding]] = {
    "replica": InstanceLanding,
    "edx_package": PackagesLanding,
    "dynamodb_export": ExportsLanding,
    "csv_drop": DropsLanding,
}


@dataclass
class PlatformOutcome:
    """One platform's landing: its tables, and the error that stopped it whole, if one did."""

    platform: str
    tables: list[TableOutcome] = field(default_factory=list)
    errors: list[WarehouseError] = field(default_factory=list)
    loads: list[SourceLoad] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def plan_platform(settings: Settings, platform: str) -> Plan:
    """Everything that can be refused before anything is fetched. Raises ContractError, SettingsError."""
    contract = load_contract(contract_path(platform))
    config = load_source_config(config_path(platform), contract)
    return Plan(contract, config, pseudonym_key(settings, sample_source=reads_sample(settings, platform)))


def reads_sample(settings: Settings, platform: str) -> bool:
    """Whether all instances of a platform are the sample's files: only these may have its key."""
    instances = settings.sources.get(platform, {})
    return all("/sample/" in where.url.get_secret_value() for where in instances.values())


def _settle(warehouse: Warehouse, contract: PlatformContract) -> None:
    """Ends what a killed run left open; its rows close last, so that a kill in here leaves them open."""
    for load_id, instance, name in open_loads(warehouse, contract.platform):
        if name in contract.tables and warehouse.has_table(contract.schema, name):
            record_touched(warehouse, contract.schema, contract.tables[name], "settled")
            supersede(warehouse, contract.schema, contract.tables[name], instance, load_id)
    settle(warehouse, contract)


def land_platform(
    settings: Settings,
    warehouse: Warehouse,
    run_id: str,
    platform: str,
    on_rows: OnRows,
    keeper: Timekeeper | None = None,
    only: Only | None = None,
) -> PlatformOutcome:
    """Lands every instance of one platform; an error stops that instance or table, never the others.

    `only`: of a CSV drop, these files (by instance) instead of all that are there.
    """
    result = PlatformOutcome(platform)
    try:
        plan = plan_platform(settings, platform)
        seal = Seal(settings)
        refuse_another_key(warehouse, platform, plan.key)
        _settle(warehouse, plan.contract)
    except (ContractError, SettingsError) as refused:
        result.errors.append(refused)
        return result
    for instance, where in settings.sources[platform].items():
        if only is not None and instance not in only:
            continue
        files = only[instance] if only is not None else None
        it = Instance(settings, warehouse, run_id, plan, instance, where, keeper or Timekeeper(), files)
        expire(warehouse, platform, instance, where.sealed_days)
        landing = _KINDS[plan.config.kind](it, seal, on_rows)
        try:
            landing.run()
        except (SourceError, LandingError, SettingsError) as stopped:
            result.errors.append(stopped)
            if isinstance(landing, InstanceLanding):
                for table in landing.outcomes:  # what was read of the others did not land either
                    table.error = table.error or stopped
        result.tables += landing.outcomes
        if isinstance(landing, FilesLanding):
            result.errors += landing.errors
            result.warnings += landing.warnings
        elif landing.load:
            result.loads.append(landing.load)
        result.warnings += it.warnings
    return result
