"""A home that looks as after some runs, without running any: rows of ops, and marts as they are published."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops

NOW = datetime(2026, 8, 3, 6, 0)
AS_OF = datetime(2026, 7, 31)
RUN, EARLIER = "20260803T050000-aaaaaa", "20260802T050000-bbbbbb"
PSEUDONYM = "sample:" + "ab" * 32
# Week → learners of the last year's weeks; the third is too small to show.
LEARNERS = {"moodle": [12, 30, 4, 41], "classroom": [120, 150, 149, 160]}
FIRST_WEEK = date(2026, 6, 29)


def write_home(settings: Settings) -> None:
    """A run that was flagged, after one that was published; two currencies; something waits in quarantine."""
    with open_warehouse(settings) as warehouse:
        write_ops(warehouse)
    write_marts(settings.published_file)


def write_ops(warehouse: Warehouse) -> None:
    """What those runs left in `ops`, on either engine."""
    create_ops(warehouse)
    _runs(warehouse)
    _landings(warehouse)
    _checks(warehouse)
    _quarantine(warehouse)


def _runs(warehouse: Warehouse) -> None:
    for run_id, day, outcome, code in ((EARLIER, 2, "published", 0), (RUN, 3, "published", 3)):
        start = datetime(2026, 8, day, 5)
        run = {"run_id": run_id, "started_at": start, "finished_at": start + timedelta(seconds=61.5),
               "as_of": AS_OF, "outcome": outcome, "exit_code": code, "code_hash": "c"}  # fmt: skip
        warehouse.insert("ops.runs", [run])
        step = {"run_id": run_id, "step": "build", "outcome": "done", "seconds": 25.25, "finished_at": start}
        warehouse.insert("ops.steps", [step, step | {"step": "publish", "seconds": 1.5}])
    sentences = [
        ("problem", "bookshelf/main: its server did not answer (error 2003). Check host & port."),
        ("warning", "test <b>contacts</b> refer to organisations (2 rows)"),
    ]
    warehouse.insert(
        "ops.sentences",
        [
            {"run_id": RUN, "position": place, "kind": kind, "sentence": sentence}
            for place, (kind, sentence) in enumerate(sentences)
        ],
    )


def landing(run_id: str, platform: str, table: str, looked_at: datetime, **counts: Any) -> dict[str, Any]:
    """A ledger row that is closed and balanced unless `counts` say otherwise."""
    row = {
        "run_id": run_id, "load_id": f"{run_id}.{platform}", "platform": platform, "instance": "main",
        "table_name": table, "mode": "full", "rows_read": 100, "rows_to_land": 97, "rows_landed": 97,
        "rows_quarantined": 1, "rows_filtered": 2, "rows_deleted": 0, "bytes_read": 1000, "seconds": 0.5,
        "landed_at": looked_at, "looked_at": looked_at, "outcome": "closed", "swept": True,
    }  # fmt: skip
    return row | counts


def _landings(warehouse: Warehouse) -> None:
    before, an_hour_ago, today = (datetime(2026, *when) for when in ((7, 31, 5), (8, 3, 4), (8, 3, 5)))
    warehouse.insert(
        "ops.landings",
        [
            landing(EARLIER, "bookshelf", "Books", before),
            landing(RUN, "moodle", "mdl_user", today),
            landing(RUN, "moodle", "mdl_course", an_hour_ago, rows_read=1200, rows_landed=1197),
            landing(RUN, "classroom", "users", today),
        ],
    )  # fmt: skip
    load = {
        "run_id": RUN, "platform": "moodle", "instance": "main", "statements": 7, "questions": 3,
        "rows_read": 1300, "bytes_read": 2_500_000, "seconds_worked": 1.25, "longest_statement": 0.75,
        "waited_window": 0.0, "waited_lag": 2.0, "waited_busy": 0.5, "waited_own": 0.0, "rested": 0.25,
        "longest_table": "mdl_course", "lag_min": 0.0, "lag_max": 12.0, "connections_opened": 2,
        "ended_at": today,
    }  # fmt: skip
    warehouse.insert("ops.source_load", [load])


def _checks(warehouse: Warehouse) -> None:
    def result(layer: str, relation: str, name: str, severity: str, success: bool) -> dict[str, Any]:
        return {
            "run_id": RUN, "layer": layer, "relation": relation, "expectation": name, "column_name": None,
            "severity": severity, "success": success, "observed": "3 of 120 rows", "unexpected_count": 3,
            "advice": "Ask the owner of the source.", "checked_at": NOW,
        }  # fmt: skip

    warehouse.insert(
        "ops.check_results",
        [
            result("staging", "staging_moodle.mdl_user", "unique_key", "fail", True),
            result("staging", "staging_moodle.mdl_user", "not_null", "fail", True),
            result("staging", "staging_moodle.mdl_course", "volume", "warn", False),
            result("marts", "core.dim_people", "not_empty", "fail", True),
        ],
    )
    skipped = {
        "run_id": RUN,
        "layer": "staging",
        "relation": "staging_bookshelf.Books",
        "reason": "unchanged",
    }
    warehouse.insert("ops.skipped_checks", [skipped | {"skipped_at": NOW}])


def _quarantine(warehouse: Warehouse) -> None:
    row = {
        "payload_mac": "m", "load_id": "l", "last_load_id": "l", "platform": "moodle", "instance": "main",
        "table_name": "mdl_user", "position": 4, "landed_key": f'["{PSEUDONYM}"]',
        "reason": "text_too_long", "column_name": "auth", "sealed_payload": b"sealed", "key_id": "sample",
        "status": "open", "first_seen": NOW, "last_seen": NOW,
    }  # fmt: skip
    warehouse.insert(
        "ops.quarantine", [row, row | {"position": 5}, row | {"position": 6, "status": "replayed"}]
    )


# ---------------------------------------------------------------- published marts


def write_marts(path: Path, *, customers: bool = True, learners: bool = True) -> None:
    """The marts that the page reads, and one with people in it, which it must not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(duckdb.connect(path)) as marts:
        marts.execute(
            "create table about as select ? as run_id, ? as as_of, ? as published_at", [RUN, AS_OF, NOW]
        )
        marts.execute("create schema core")
        marts.execute("create table core.dim_people as select ? as person_key", [PSEUDONYM])
        if learners:
            _write_learners(marts)
        if customers:
            _write_movements(marts)


def _write_learners(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute("create schema course_activity")
    marts.execute(
        "create table course_activity.attendance_weekly "
        "(platform varchar, week_starts_on date, learners bigint)"
    )
    rows = [
        (platform, FIRST_WEEK + timedelta(weeks=week), count)
        for platform, counts in LEARNERS.items()
        for week, count in enumerate(counts)
    ]
    # a week that is not over by as of, and one of years ago: neither is shown
    rows += [("moodle", date(2026, 7, 27), 77), ("moodle", date(2023, 1, 2), 88)]
    marts.executemany("insert into course_activity.attendance_weekly values (?, ?, ?)", rows)


def _write_movements(marts: duckdb.DuckDBPyConnection) -> None:
    marts.execute("create schema customer_insight")
    names = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "closing")
    columns = ", ".join(f"{name}_value decimal(38, 2)" for name in names)
    marts.execute(
        f"create table customer_insight.fct_customer_movements "
        f"(school_key varchar, currency varchar, month date, {columns})"
    )
    for currency, size in (("EUR", 1), ("GBP", 10)):
        for school in ("a", "b"):
            for number in range(30):
                month = date(2024 + number // 12, number % 12 + 1, 1)
                values = [Decimal(step * size) for step in (1000, 50, 40, 10, 20, 30, 1050 + number)]
                marts.execute(
                    f"insert into customer_insight.fct_customer_movements values ({', '.join('?' * 10)})",
                    [school, currency, month, *values],
                )
