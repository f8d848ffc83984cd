"""Whole runs on the sample: one where nothing changed, and one new day on a history ten times as long."""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.bench.measure import Figure, Goal, measure, median, show

NEW_ROWS = 500


def unchanged_and_longer_history(wanted: argparse.Namespace) -> list[Goal]:
    """First run, unchanged run, one new day; then the new day again on ten times the history, and a sweep."""
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as tenfold:
        first, unchanged, day = _measure_home(Path(once), 1, wanted.repeat)
        _, _, long_day = _measure_home(Path(tenfold), 10, wanted.repeat)
        swept = _run(Path(tenfold), "WAREHOUSE_SWEEP=always")
    show("first run", first)
    show("nothing changed", unchanged)
    show("one new day", day)
    show("one new day, history × 10", long_day)
    show("nothing changed, history × 10, every key swept", swept)
    return [
        Goal("nothing changed / first run, wall", unchanged.wall / first.wall, 0.4),
        Goal("one new day on history × 10 / on history × 1, wall", long_day.wall / day.wall, 1.3),
        Goal("sweep of every key, history × 10", swept.wall, None, "s"),
    ]


def _measure_home(home: Path, scale: int, repeat: int) -> tuple[Figure, Figure, Figure]:
    warehouse = [sys.executable, "-m", "pipelines.cli"]
    subprocess.run([*warehouse, "sample", "--home", str(home)], check=True, capture_output=True)
    _lengthen(home / "sample" / "moodle.sqlite", scale)
    first = _run(home)
    unchanged, days = [], []
    for number in range(repeat):
        unchanged.append(_run(home))
        _add_day(home / "sample" / "moodle.sqlite", number)
        days.append(_run(home))
    return first, median(unchanged), median(days)


def _run(home: Path, *more: str) -> Figure:
    """`env` sets the variables and becomes the command, so that the command is what is measured."""
    variables = [f"WAREHOUSE_ENV_FILE={home / 'sample' / 'warehouse.env'}", *more]
    return measure(["env", *variables, sys.executable, "-m", "pipelines.cli", "run"])


def _lengthen(path: Path, scale: int) -> None:
    """Copies the log back in time, so that history is `scale` times as long with as many learners."""
    with sqlite3.connect(path) as source:
        columns = [row[1] for row in source.execute("pragma table_info(mdl_logstore_standard_log)")]
        listed = ", ".join(columns)
        low, high = source.execute(
            "select min(timecreated), max(timecreated) from mdl_logstore_standard_log"
        ).fetchone()
        top = source.execute("select max(id) from mdl_logstore_standard_log").fetchone()[0]
        for copy in range(1, scale):
            moved = listed.replace("timecreated", f"timecreated - {copy * (high - low + 86_400)}")
            moved = moved.replace("id,", f"id + {copy * top},", 1)
            source.execute(
                f"insert into mdl_logstore_standard_log ({listed}) select {moved} "
                f"from mdl_logstore_standard_log where id <= {top}"
            )


def _add_day(path: Path, number: int) -> None:
    """A day of log rows after the last one, with ids after the last ones."""
    with sqlite3.connect(path) as source:
        columns = [row[1] for row in source.execute("pragma table_info(mdl_logstore_standard_log)")]
        listed = ", ".join(columns)
        top, late = source.execute(
            "select max(id), max(timecreated) from mdl_logstore_standard_log"
        ).fetchone()
        moved = listed.replace("timecreated", f"{late + 86_400 * (number % 2)}").replace(
            "id,", f"{top} + row_number() over (),", 1
        )
        source.execute(
            f"insert into mdl_logstore_standard_log ({listed}) select {moved} "
            f"from mdl_logstore_standard_log where id <= {top} limit {NEW_ROWS}"
        )
