"""`warehouse land <platform> --export`: a new export of every table, asked for and waited for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pipelines.errors import SettingsError, SourceError, UsageError, WarehouseError
from pipelines.landing import register as said
from pipelines.landing.exports.known import landed_exports
from pipelines.landing.plan import Instance
from pipelines.landing.platform import plan_platform
from pipelines.settings import Settings
from pipelines.sources.dynamodb_export import chain_of
from pipelines.sources.dynamodb_export.request import Exporter, Wanted
from pipelines.sources.replica import Timekeeper
from pipelines.warehouse import Warehouse

# of the window of an incremental export, which DynamoDB sets
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(hours=24)


def ask_for_exports(
    settings: Settings, warehouse: Warehouse, platform: str, keeper: Timekeeper, say: Callable[[str], None]
) -> list[WarehouseError]:
    """Asks for one export of each table of each instance, then waits for all; what did not become one.

    Raises UsageError for a platform of another kind.
    """
    plan = plan_platform(settings, platform)
    if plan.config.kind != "dynamodb_export":
        raise UsageError(f"{platform} has no exports to ask for.", "Leave --export out.")
    refused: list[WarehouseError] = []
    for instance, where in settings.sources[platform].items():
        it = Instance(settings, warehouse, "", plan, instance, where, keeper)
        try:
            refused += _ask_one(it, Exporter(where, settings), say)
        except (SourceError, SettingsError) as failed:
            refused.append(_placed(failed, it))
    return refused


def _ask_one(it: Instance, exporter: Exporter, say: Callable[[str], None]) -> list[WarehouseError]:
    begun, refused = [], list[WarehouseError]()
    now = datetime.now(UTC)
    for name, fetch in it.plan.config.items.items():
        if not fetch.key:
            continue
        try:
            wanted = wanted_export(it, name, now)
            begun.append((wanted.table, exporter.ask(wanted)))
        except SourceError as failed:
            refused.append(_placed(failed, it))
    for table, arn in begun:
        try:
            exporter.wait(table, arn, it.keeper.sleep, say)
        except SourceError as failed:
            refused.append(_placed(failed, it))
    return refused


def wanted_export(it: Instance, name: str, now: datetime) -> Wanted:
    """The changes since the chain's end where DynamoDB gives that window, otherwise the whole table."""
    table = (it.where.table_prefix or "") + (it.plan.config.items[name].table or name)
    landed = landed_exports(it, name)
    chain = chain_of(name, landed.values())
    end = int(now.timestamp()) * 1_000_000
    reached = max((landed[one].end for one in chain.links), default=None)
    if reached is None:
        return Wanted(table, None, end)
    since = timedelta(microseconds=end - reached)
    if since < _SHORTEST:
        raise SourceError(
            f"The newest export of {table} is {int(since.total_seconds() // 60)} minutes old, and DynamoDB "
            "exports changes of 15 minutes or more.",
            "Ask again later; what is there lands now.",
        )
    return Wanted(table, reached if since <= _LONGEST else None, end)


def _placed(failed: WarehouseError, it: Instance) -> WarehouseError:
    return said.placed(failed, it) if isinstance(failed, SourceError) else failed
