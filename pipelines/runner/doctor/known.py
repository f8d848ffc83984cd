"""What the warehouse knows of the sources by now: nothing before the first run, or while a run has it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.errors import UsageError, WarehouseError, WarehouseLocked
from pipelines.landing.ledger import refuse_another_key, utc_now
from pipelines.landing.personal import PseudonymKey
from pipelines.reports.freshness import freshness
from pipelines.runner.doctor.database import examine_database
from pipelines.runner.doctor.finding import Finding, failure, good, warning
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse

_LOOKS = """
select platform, instance, table_name, max(looked_at) as looked_at
from ops.landings where outcome = 'closed'
group by platform, instance, table_name
order by platform, instance, table_name
"""

_ROWS_ON_A_SERVER = """
select schema_name(t.schema_id), t.name, sum(p.rows)
from sys.tables as t inner join sys.partitions as p on p.object_id = t.object_id
where p.index_id in (0, 1)
group by schema_name(t.schema_id), t.name
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
    """Opens it for reading, and says what there is to say of a database on a server.

    `keys`: the pseudonym key of each platform that has one.
    """
    at_once = settings.model_copy(update={"lock_timeout": 0})
    try:
        with open_warehouse(at_once, read_only=True) as warehouse:
            about = examine_database(warehouse)
            if not warehouse.has_table("ops", "landings"):
                said = f"{warehouse.place} is there, nothing has run yet"
                return Known(), [good("warehouse", _what(settings), said), *about]
            known = _read(warehouse)
            opened = good("warehouse", _what(settings), f"{warehouse.place} opens")
            return known, [opened, *about, *_same_keys(warehouse, keys), *_fresh(known)]
    except UsageError:
        what = f"{settings.warehouse_file} will be made by the first run"
        return Known(), [good("warehouse", "file", what)]
    except WarehouseLocked as held:
        advice = "If no run is on, close what has it open; what is in it was not looked at."
        return Known(), [warning("warehouse", "file", held.what, advice)]
    except WarehouseError as broken:
        return Known(), [failure("warehouse", _what(settings), broken)]


def _what(settings: Settings) -> str:
    return "file" if settings.engine == "duckdb" else "database"


def _read(warehouse: Warehouse) -> Known:
    names = ("platform", "instance", "table_name", "looked_at")
    looks = [dict(zip(names, row, strict=True)) for row in warehouse.rows(_LOOKS)]
    drift = "select platform, instance, table_name, column_name from ops.drift"
    return Known(
        looks,
        {(schema, table): int(rows) for schema, table, rows in _sizes(warehouse)},
        {(platform, instance, table, column) for platform, instance, table, column in warehouse.rows(drift)},
    )


def _sizes(warehouse: Warehouse) -> list[tuple[str, str, int]]:
    """Schema, table and about how many rows; none where a server does not tell this login."""
    if warehouse.engine == "duckdb":
        return warehouse.rows("select schema_name, table_name, estimated_size from duckdb_tables()")
    try:
        return warehouse.rows(_ROWS_ON_A_SERVER)
    except WarehouseError:
        return []


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
    now = utc_now()
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
