"""The run log: one JSON line an event in `logs/warehouse.jsonl`, for whoever watches scheduled runs.

Counts, names of tables and our own sentences only: no row, no identifier, no connection string.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from pipelines.errors import WarehouseLocked
from pipelines.landing.outcome import TableOutcome
from pipelines.settings import Settings
from pipelines.sources.replica import SourceLoad


def run_log(settings: Settings) -> Path:
    """Where the run log is."""
    return settings.home / "logs" / "warehouse.jsonl"


def last_event(settings: Settings) -> dict[str, Any]:
    """The last line of the run log. Raises WarehouseLocked when there is none: somebody else has the file."""
    path = run_log(settings)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if not lines:
        raise WarehouseLocked(
            f"{settings.warehouse_file} is held by another process.", "Close it and ask again."
        )
    event: dict[str, Any] = json.loads(lines[-1])
    return event


class Journal:
    """Appends to the run log; a log that cannot be written never stops a run."""

    def __init__(self, settings: Settings, run_id: str) -> None:
        path = run_log(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(self._file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        ).bind(run_id=run_id)

    def landed(self, table: TableOutcome) -> None:
        """The counts of one table; why a table was refused follows as a problem."""
        counts = {
            "read": table.rows_read, "landed": table.rows_landed, "quarantined": table.rows_quarantined,
            "filtered": table.rows_filtered, "deleted": table.rows_deleted,
            "seconds": round(table.seconds, 3),
        }  # fmt: skip
        self._write(
            self._log.error if table.error else self._log.info, "landed", platform=table.platform,
            instance=table.instance, table=table.contract.name, mode=table.mode, **counts,
        )  # fmt: skip

    def asked(self, load: SourceLoad) -> None:
        """What one source was asked for, and what it was waited for."""
        seconds = {
            "worked": load.seconds_worked, "longest": load.longest_statement, "rested": load.rested,
            **{f"waited_{gate}": seconds for gate, seconds in load.waited.items()},
        }  # fmt: skip
        self._write(
            self._log.info, "asked", platform=load.platform, instance=load.instance,
            statements=load.statements, questions=load.questions, rows=load.rows, bytes=load.bytes,
            lag_max=load.lag_max, connections=load.connections_opened,
            **{name: round(value, 3) for name, value in seconds.items()},
        )  # fmt: skip

    def step(self, name: str, outcome: str, seconds: float) -> None:
        """A step of the run that ended, well or not."""
        self._write(self._log.info, "step", step=name, outcome=outcome, seconds=round(seconds, 3))

    def problem(self, sentence: str) -> None:
        """What the terminal shows in red."""
        self._write(self._log.error, "problem", sentence=sentence)

    def ended(self, outcome: str, exit_code: int) -> None:
        """The last line of a run; a run without it was killed."""
        self._write(self._log.info, "ended", outcome=outcome, exit_code=exit_code)
        self._file.close()

    def _write(self, say: Callable[..., object], event: str, **facts: object) -> None:
        try:
            say(event, **facts)
        except OSError:
            return
