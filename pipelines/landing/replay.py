"""Replay: quarantined rows, opened in memory, go the same way again under today's contract."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pipelines.errors import ContractError, LandingError, SettingsError
from pipelines.landing.bench import Bench, OnRows
from pipelines.landing.instance import InstanceLanding
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.platform import PlatformOutcome, plan_platform
from pipelines.landing.quarantine import Seal
from pipelines.landing.stage import stage_payloads
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

_OPEN = (
    "select table_name, payload_mac, sealed_payload from ops.quarantine "
    "where platform = ? and instance = ? and status = 'open' order by first_seen, position"
)


def replay_platform(
    settings: Settings, warehouse: Warehouse, run_id: str, platform: str, on_rows: OnRows
) -> PlatformOutcome:
    """Lands what can land now; rows that are still refused stay open, the others become `replayed`."""
    result = PlatformOutcome(platform)
    try:
        plan, seal = plan_platform(settings, platform), Seal(settings)
        for instance, where in settings.sources[platform].items():
            it = Instance(settings, warehouse, run_id, plan, instance, where)
            result.tables += _replay_instance(it, seal, on_rows)
    except (ContractError, SettingsError, LandingError) as refused:
        result.errors.append(refused)
    return result


def _replay_instance(it: Instance, seal: Seal, on_rows: OnRows) -> list[TableOutcome]:
    waiting: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    platform = it.plan.contract.platform
    for table, mark, sealed in it.warehouse.rows(_OPEN, [platform, it.name]):
        payload = (
            seal.open(sealed, f"{platform}/{it.name}/{table}") if table in it.plan.contract.tables else {}
        )
        if payload and "_line" not in payload:  # a line that is no row waits for its file to come anew
            waiting[table].append((mark, payload))
    if not waiting:
        return []
    landing = InstanceLanding(it, seal, on_rows)
    still_refused: dict[str, set[int]] = {}

    def stage(bench: Bench, outcome: TableOutcome) -> None:
        name = outcome.contract.name
        stage_payloads(bench, [payload for _, payload in waiting[name]], outcome)
        # they are in quarantine already, under the marks they got first
        still_refused[name] = {refused.position for refused in outcome.refused}
        outcome.refused = []

    landing.land([TableOutcome(it.plan.contract.table(name), it.name) for name in waiting], stage)
    for outcome in landing.outcomes:
        if outcome.error:
            continue
        name = outcome.contract.name
        done = [mark for at, (mark, _) in enumerate(waiting[name]) if at not in still_refused[name]]
        for mark in done:
            it.warehouse.execute(
                "update ops.quarantine set status = 'replayed' where payload_mac = ?", [mark]
            )
    return landing.outcomes
