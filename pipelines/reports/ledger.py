"""What the page tells about a run, read from `ops`: names, counts and sentences of ours, never a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.errors import UsageError
from pipelines.warehouse import Warehouse

Record = dict[str, Any]
RUNS_SHOWN = 10

_RUNS = f"""
select r.run_id, r.started_at, r.finished_at, r.as_of, r.outcome, r.exit_code,
    (select sum(l.rows_read) from ops.landings as l where l.run_id = r.run_id) as rows_read,
    (select sum(l.rows_landed) from ops.landings as l where l.run_id = r.run_id) as rows_landed
from ops.runs as r order by r.started_at desc offset 0 rows fetch next {RUNS_SHOWN} rows only
"""
# A table that failed before its rows were counted is a sentence, not a row of this table.
_COUNTS = """
    sum(rows_read) as rows_read, sum(rows_landed) as rows_landed,
    sum(rows_quarantined) as rows_quarantined, sum(rows_filtered) as rows_filtered,
    sum(rows_deleted) as rows_deleted, sum(seconds) as seconds,
    min(case when rows_read = rows_landed + rows_quarantined + rows_filtered then 1 else 0 end) as balanced
from ops.landings where run_id = ? and rows_landed is not null
"""
_PLATFORMS = f"select platform, count(*) as tables, {_COUNTS} group by platform order by platform"
_TABLES = f"""
select platform, instance, table_name, max(mode) as mode, {_COUNTS}
group by platform, instance, table_name order by platform, instance, table_name
"""
# The sample's key has this id by rule; other sources refuse it.
_SAMPLE = "select count(*) as keys from ops.pseudonym_keys where key_id = 'sample'"
_STEPS = "select step, outcome, seconds from ops.steps where run_id = ? order by finished_at, step"
_SENTENCES = "select kind, sentence from ops.sentences where run_id = ? order by position"
_CHECKS = """
select c.layer, count(distinct c.relation) as relations,
    sum(case when c.success = 1 then 1 else 0 end) as passed,
    sum(case when c.success = 0 and c.severity = 'fail' then 1 else 0 end) as failed,
    sum(case when c.success = 0 and c.severity = 'warn' then 1 else 0 end) as warned,
    (select count(*) from ops.skipped_checks as s where s.run_id = c.run_id and s.layer = c.layer) as skipped
from ops.check_results as c where c.run_id = ? group by c.run_id, c.layer
union all
select s.layer, 0 as relations, 0 as passed, 0 as failed, 0 as warned, count(*) as skipped
from ops.skipped_checks as s
where s.run_id = ? and s.layer not in (select c.layer from ops.check_results as c where c.run_id = s.run_id)
group by s.layer
order by layer desc
"""
_FINDINGS = """
select layer, relation, expectation, column_name, severity, observed, unexpected_count, advice
from ops.check_results where run_id = ? and success = 0
order by severity, layer desc, relation, expectation, column_name
"""
_QUARANTINE = """
select platform, instance, table_name, column_name, reason, count(*) as row_count, min(first_seen) as since
from ops.quarantine where status = 'open'
group by platform, instance, table_name, column_name, reason
order by platform, instance, table_name, column_name, reason
"""
_LOOKS = """
select platform, instance, table_name, max(looked_at) as looked_at
from ops.landings where outcome = 'closed'
group by platform, instance, table_name order by platform, instance, table_name
"""
_SOURCE_LOAD = """
select platform, instance, statements, questions, rows_read, bytes_read, seconds_worked, longest_statement,
    longest_table, waited_window + waited_lag + waited_busy + waited_own + waited_cut as waited, rested,
    lag_max, connections_opened
from ops.source_load where run_id = ? order by platform, instance
"""


@dataclass(frozen=True)
class RunFacts:
    """The last run and what waits. Lists of records; a list is empty where there is nothing to tell."""

    run: Record
    runs: list[Record]
    platforms: list[Record]
    tables: list[Record]
    steps: list[Record]
    sentences: list[Record]
    checks: list[Record]
    findings: list[Record]
    quarantine: list[Record]
    looks: list[Record]
    source_load: list[Record]
    sample: bool

    @property
    def problems(self) -> list[str]:
        return [record["sentence"] for record in self.sentences if record["kind"] == "problem"]

    @property
    def warnings(self) -> list[str]:
        return [record["sentence"] for record in self.sentences if record["kind"] == "warning"]

    @property
    def balanced(self) -> bool:
        return all(platform["balanced"] for platform in self.platforms)

    @property
    def ended_at(self) -> datetime:
        """When the run ended; a run that was killed has no end, then its start."""
        ended: datetime = self.run["finished_at"] or self.run["started_at"]
        return ended


def read_facts(warehouse: Warehouse) -> RunFacts:
    """Raises UsageError while no run is recorded."""
    if not warehouse.has_table("ops", "runs"):
        raise UsageError(f"No run is recorded in {warehouse.place} yet.", "Run `warehouse run` first.")
    runs = [run | {"seconds": _seconds(run)} for run in warehouse.records(_RUNS)]
    if not runs:
        raise UsageError(f"No run is recorded in {warehouse.place} yet.", "Run `warehouse run` first.")
    this = [runs[0]["run_id"]]
    return RunFacts(
        run=runs[0],
        runs=runs,
        platforms=warehouse.records(_PLATFORMS, this),
        tables=warehouse.records(_TABLES, this),
        steps=warehouse.records(_STEPS, this),
        sentences=_of_newer_table(warehouse, "sentences", _SENTENCES, this),
        checks=warehouse.records(_CHECKS, this * 2),
        findings=warehouse.records(_FINDINGS, this),
        quarantine=warehouse.records(_QUARANTINE),
        looks=warehouse.records(_LOOKS),
        source_load=_of_newer_table(warehouse, "source_load", _SOURCE_LOAD, this),
        sample=bool(warehouse.value(_SAMPLE)),
    )


def _seconds(run: Record) -> float | None:
    """How long a run took; None of one that has not ended."""
    ended: datetime | None = run["finished_at"]
    return None if ended is None else (ended - run["started_at"]).total_seconds()


def _of_newer_table(warehouse: Warehouse, table: str, sql: str, this: list[str]) -> list[Record]:
    """None of a warehouse that was last written before the table existed; the next run adds it."""
    return warehouse.records(sql, this) if warehouse.has_table("ops", table) else []
