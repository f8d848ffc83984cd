"""`warehouse status`: the last run, what is published, each platform's last look."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime

import pytest

from pipelines.errors import UsageError, WarehouseLocked
from pipelines.runner.publish.duckdb import publish
from pipelines.runner.status import status
from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from pipelines.warehouse.ops import create_ops

LOOKED = datetime(2026, 7, 30, 23)
HOLD = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, as_of=datetime(2026, 7, 31, 6), lock_timeout=0)


@pytest.fixture
def warehouse(settings):
    with open_warehouse(settings) as opened:
        create_ops(opened)
        for day, outcome in ((1, "published"), (2, "failed")):
            opened.insert(
                "ops.runs",
                [{
                    "run_id": f"run-{day}", "started_at": datetime(2026, 8, day), "as_of": settings.clock,
                    "finished_at": datetime(2026, 8, day, 1), "outcome": outcome, "exit_code": day - 1,
                }],
            )  # fmt: skip
        yield opened


def landing(warehouse, table: str, **other: object) -> None:
    record = {
        "run_id": "run-2", "load_id": f"load-{table}", "platform": "subscriptions", "instance": "main",
        "table_name": table, "mode": "full", "rows_read": 5, "rows_to_land": 4, "rows_landed": 4,
        "rows_quarantined": 1, "rows_filtered": 0, "rows_deleted": 0,
        "looked_at": LOOKED, "landed_at": LOOKED, "outcome": "closed", "swept": False,
    }  # fmt: skip
    warehouse.insert("ops.landings", [{**record, **other}])


def refused_row(warehouse, mark: str, status: str) -> None:
    warehouse.insert(
        "ops.quarantine",
        [{
            "payload_mac": mark, "load_id": "load-plans", "last_load_id": "load-plans",
            "platform": "subscriptions", "instance": "main", "table_name": "plans", "reason": "not_a_date",
            "sealed_payload": b"\x00", "key_id": "k1", "status": status,
            "first_seen": LOOKED, "last_seen": LOOKED,
        }],
    )  # fmt: skip


def test_before_the_first_run(settings):
    with pytest.raises(UsageError, match=r"There is no warehouse at .*warehouse.duckdb yet"):
        status(settings)


def test_a_warehouse_in_which_nothing_ran(settings):
    open_warehouse(settings).close()
    with pytest.raises(UsageError, match=r"No run is recorded in .* yet. Run `warehouse run` first."):
        status(settings)


def test_the_last_run_and_nothing_published(settings, warehouse):
    warehouse.close()
    told = status(settings)
    assert told["last_run"]["run_id"] == "run-2"
    assert (told["last_run"]["outcome"], told["last_run"]["exit_code"]) == ("failed", 1)
    assert told["published"] is None
    assert told["platforms"] == []


def test_each_platforms_last_look_and_open_quarantine(settings, warehouse):
    landing(warehouse, "plans")
    landing(warehouse, "leads", looked_at=datetime(2026, 7, 31, 1))
    landing(warehouse, "trials", outcome="failed", looked_at=datetime(2026, 8, 5))
    landing(warehouse, "plans", platform="moodle", instance="second")
    for mark, state in (("a", "open"), ("b", "open"), ("c", "replayed")):
        refused_row(warehouse, mark, state)
    warehouse.execute("create schema core; create table core.dim_x as select 1 as id")
    publish(settings, warehouse, "run-1", ["core.dim_x"])
    warehouse.close()
    told = status(settings)
    moodle, subscriptions = told["platforms"]
    assert (moodle["platform"], moodle["instance"], moodle["quarantined"]) == ("moodle", "second", 0)
    assert subscriptions["looked_at"] == datetime(2026, 7, 31, 1), "a look that failed is none"
    assert (subscriptions["tables"], subscriptions["quarantined"]) == (2, 2)
    assert told["published"]["run_id"] == "run-1"
    json.dumps(told, default=str)


def test_while_somebody_has_the_warehouse_the_run_log_answers(settings, warehouse):
    warehouse.close()
    command = [sys.executable, "-c", HOLD, str(settings.warehouse_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(WarehouseLocked, match="held by another process"):
            status(settings)
        (settings.home / "logs").mkdir()
        (settings.home / "logs" / "warehouse.jsonl").write_text(
            '{"event": "step"}\n{"event": "landed", "read": 3}\n'
        )
        told = status(settings)
        holder.kill()
    assert told["last_run"] == {"event": "landed", "read": 3}
    assert told["platforms"] == []
