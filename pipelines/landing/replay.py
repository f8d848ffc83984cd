"""Replay: quarantined rows, opened in memory, go the same way again under today's contract."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from pipelines.errors import ContractError, LandingError, SettingsError
from pipelines.landing.bench import Bench, OnRows
from pipelines.landing.instance import InstanceLanding
from pipelines.landing.logs.replay import stage_kept_lines
from pipelines.landing.outcome import TableOutcome
from pipelines.landing.plan import Instance
from pipelines.landing.platform import PlatformOutcome, plan_platform
from pipelines.landing.quarantine import Seal
from pipelines.landing.stage import stage_payloads
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse

_OPEN = (
    "select table_name, payload_mac, sealed_payload, file_key from ops.quarantine "
    "where platform = ? and instance = ? and status = 'open' order by first_seen, position"
)


@dataclass(frozen=True)
class _Waiting:
    """An opened row of the quarantine."""

    mark: str
    payload: dict[str, Any]
    file_key: str | None


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
            result.warnings += it.warnings
    except (ContractError, SettingsError, LandingError) as refused:
        result.errors.append(refused)
    return result


def _replay_instance(it: Instance, seal: Seal, on_rows: OnRows) -> list[TableOutcome]:
    waiting: dict[str, list[_Waiting]] = defaultdict(list)
    platform = it.plan.contract.platform
    for table, mark, sealed, file_key in it.warehouse.rows(_OPEN, [platform, it.name]):
        payload = (
            seal.open(sealed, f"{platform}/{it.name}/{table}") if table in it.plan.contract.tables else {}
        )
        # a line that is no row waits for its file to come anew; a line of a log is read again
        if payload and ("_line" not in payload or _is_log(it, table)):
            waiting[table].append(_Waiting(mark, payload, file_key))
    if not waiting:
        return []
    landing = InstanceLanding(it, seal, on_rows)
    still_refused: dict[str, set[int]] = {}

    def stage(bench: Bench, outcome: TableOutcome) -> None:
        name = outcome.contract.name
        if _is_log(it, name):
            kept = [(str(one.file_key), one.payload) for one in waiting[name]]
            still_refused[name] = stage_kept_lines(bench, it.plan.config.files[name], kept, outcome)
            return
        stage_payloads(bench, [one.payload for one in waiting[name]], outcome)
        # they are in quarantine already, under the marks they got first
        still_refused[name] = {refused.position for refused in outcome.refused}
        outcome.refused = []

    landing.land([TableOutcome(it.plan.contract.table(name), it.name) for name in waiting], stage)
    for outcome in landing.outcomes:
        if outcome.error:
            continue
        name = outcome.contract.name
        done = [one.mark for at, one in enumerate(waiting[name]) if at not in still_refused[name]]
        for mark in done:
            it.warehouse.execute(
                "update ops.quarantine set status = 'replayed' where payload_mac = ?", [mark]
            )
    return landing.outcomes


def _is_log(it: Instance, table: str) -> bool:
    fetch = it.plan.config.files.get(table)
    return fetch is not None and fetch.format == "log"
