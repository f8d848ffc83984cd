"""What `warehouse status` tells: the last run, what is published, each source's last look and its load."""

from __future__ import annotations

from typing import Any

from pipelines.errors import UsageError, WarehouseLocked
from pipelines.runner.journal import last_event
from pipelines.settings import Settings
from pipelines.warehouse import open_published, open_warehouse
from pipelines.warehouse.published import read_about

_RUN = """
select run_id, started_at, finished_at, as_of, outcome, exit_code
from ops.runs order by started_at desc offset 0 rows fetch next 1 rows only
"""
_PLATFORMS = """
select l.platform, l.instance, max(l.looked_at) as looked_at, count(distinct l.table_name) as tables,
    sum(l.rows_landed) as rows_landed,
    (select count(*) from ops.quarantine as q
     where q.platform = l.platform and q.instance = l.instance and q.status = 'open') as quarantined
from ops.landings as l where l.outcome = 'closed'
group by l.platform, l.instance order by l.platform, l.instance
"""
_LOADS = """
select platform, instance, statements, rows_read, bytes_read, seconds_worked, longest_statement,
    waited_window + waited_lag + waited_busy + waited_own + waited_cut as seconds_waited, rested,
    lag_min, lag_max, connections_opened, ended_at
from (
    select s.*, row_number() over (partition by s.platform, s.instance order by s.ended_at desc) as newest
    from ops.source_load as s
) as numbered
where newest = 1
order by platform, instance
"""


def status(settings: Settings) -> dict[str, Any]:
    """Plain values only, so that `--json` and the table show the same.

    While a run holds the warehouse, its log answers with the last thing it did.
    """
    try:
        run, platforms, loads = _from_ledger(settings)
    except WarehouseLocked:
        run, platforms, loads = [last_event(settings)], [], []
    try:
        with open_published(settings) as published:
            about = read_about(published)
    except UsageError:
        about = None
    return {
        "last_run": run[0] if run else None,
        "published": about,
        "platforms": platforms,
        "sources": loads,
    }


def _from_ledger(settings: Settings) -> tuple[list[dict[str, Any]], ...]:
    with open_warehouse(settings, read_only=True) as warehouse:
        if not warehouse.has_table("ops", "runs"):
            raise UsageError(f"No run is recorded in {warehouse.place} yet.", "Run `warehouse run` first.")
        asked = warehouse.records(_LOADS) if warehouse.has_table("ops", "source_load") else []
        return warehouse.records(_RUN), warehouse.records(_PLATFORMS), asked
