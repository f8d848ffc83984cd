"""What the warehouse knows of the sources by now: nothing before the first run, or while a run has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipelines.errors import UsageError, WarehouseError, WarehouseLocked
from pipelines.landing.ledger import refuse_another_key
from pipelines.landing.personal import PseudonymKey
from pipelines.reports.freshness import freshness
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse

_LOOKS = """
select platform, instance, table_name, max(looked_at) as looked_at
from ops.landings where outcome = 'closed' group by all order by all
"""


@dataclass
class Known:
    """By place: last looks, rows in staging (an estimate, all instances of a platform together), drift."""

    looks: list[dict[str, object]] = field(default_factory=list)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    drift: set[tuple[str, str, str, str]] = field(default_factory=set)

    def landed(self, platform: str, instance: str) -> bool:
        return any((look["platform"], look["instance"]) == (platform, instance) for look in self.looks)


def examine_warehouse(settings: Settings, keys: dict[str, PseudonymKey]) -> tuple[Known, list[Finding]]:
    """Opens the file read-only. `keys`: the pseudonym key of each platform that has one."""
    at_once = settings.model_copy(update={"lock_timeout": 0})
    try:
        with open_warehouse(at_once, read_only=True) as warehouse:
            if not warehouse.has_table("ops", "landings"):
                said = f"{warehouse.place} is there, nothing has run yet"
                return Known(), [good("warehouse", "file", said)]
            known = _read(warehouse)
            opened = good("warehouse", "file", f"{warehouse.place} opens")
            return known, [opened, *_same_keys(warehouse, keys), *_fresh(known)]
    except UsageError:
        return Known(), [
            good("warehouse", "file", f"{settings.warehouse_file} will be made by the first run")
        ]
    except WarehouseLocked as held:
        advice = "If no run is on, close what has it open; what is in it was not looked at."
        return Known(), [warning("warehouse", "file", held.what, advice)]
    except WarehouseError as broken:
        return Known(), [failure("warehouse", "file", broken)]


def _read(warehouse: Warehouse) -> Known:
    names = ("platform", "instance", "table_name", "looked_at")
    looks = [dict(zip(names, row, strict=True)) for row in warehouse.rows(_LOOKS)]
    sizes = "select schema_name, table_name, estimated_size from duckdb_tables()"
    drift = "select platform, instance, table_name, column_name from ops.drift"
    return Known(
        looks,
        {(schema, table): int(rows) for schema, table, rows in warehouse.rows(sizes)},
        {(platform, instance, table, column) for platform, instance, table, column in warehouse.rows(drift)},
    )


def _same_keys(warehouse: Warehouse, keys: dict[str, PseudonymKey]) -> list[Finding]:
    landed = {name for (name,) in warehouse.rows("select platform from ops.pseudonym_keys")}
    findings = []
    for platform in sorted(landed & set(keys)):
        try:
            refuse_another_key(warehouse, platform, keys[platform])
        except WarehouseError as refused:
            findings.append(failure("keys", f"pseudonyms of {platform}", refused))
    return findings


def _fresh(known: Known) -> list[Finding]:
    findings = []
    now = datetime.now(UTC).replace(tzinfo=None)
    for place in freshness(known.looks, now):
        name = f"{place.platform}/{place.instance}"
        hours = place.age.total_seconds() / 3600
        said = f"{place.oldest_table} was last looked at {hours:,.0f} hours ago"
        advice = "See `warehouse status` and the run log, then run again."
        if place.state == "stale":
            findings.append(Finding(name, "freshness", "failure", f"{said}, past its limit", advice))
        elif place.state == "late":
            findings.append(warning(name, "freshness", said, advice))
        else:
            findings.append(good(name, "freshness", said))
    return findings
