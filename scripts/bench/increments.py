"""A day more of activity, built as a run builds it, against the build of two years that it is added to."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipelines.runner.transform import target_folder
from pipelines.settings import Settings
from scripts.bench.activity_stand_in import DAYS, FIRST_DAY, ActivityStandIn
from scripts.bench.measure import Figure, Goal, measure, median, show

_LOG = "source.warehouse.edx.tracking_events"
_SLOWEST = 8
Seconds = dict[str, float]


def a_day_on_two_years(wanted: argparse.Namespace) -> list[Goal]:
    """Seconds of the models above the log as a share of their full build; `--rows` are those of two years."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        stand_in = ActivityStandIn(Settings(home=home), wanted.rows)
        whole, whole_seconds = _build(home, DAYS - 1, "all")
        figures, days = [], []
        for number in range(DAYS, DAYS + wanted.repeat):
            stand_in.add_day(number)
            figure, seconds = _build(home, number, "changed")
            figures.append(figure)
            days.append(seconds)
        above, incremental = _models(home)
    show("two years, dbt in all", whole)
    show("a day more, dbt in all", median(figures))
    day_seconds = sorted(days, key=lambda seconds: _sum(seconds, above))[len(days) // 2]
    _show_slowest(whole_seconds, day_seconds, above, incremental)
    return [
        _share("incremental models, a day / two years", whole_seconds, day_seconds, incremental, None),
        _share("all models above the log, a day / two years", whole_seconds, day_seconds, above, 0.1),
        Goal("dbt in all, a day / two years, wall", median(figures).wall / whole.wall, None),
    ]


def _build(home: Path, day: int, what: str) -> tuple[Figure, Seconds]:
    """On the morning after that day, in a child process; with the seconds that dbt says each model took."""
    as_of = f"{FIRST_DAY + timedelta(days=day + 1)}T06:00:00"
    figure = measure([sys.executable, "-m", "scripts.bench.build_models", str(home), as_of, what])
    results = _artefact(home, "run_results.json")["results"]
    return figure, {result["unique_id"]: result["execution_time"] for result in results}


def _models(home: Path) -> tuple[list[str], list[str]]:
    """Every model that reads the log through others, and those of them that are built by what changed."""
    manifest = _artefact(home, "manifest.json")
    found: set[str] = set()
    waiting = [_LOG]
    while waiting:
        fresh = set(manifest["child_map"][waiting.pop()]) - found
        found |= fresh
        waiting += fresh
    above = sorted(name for name in found if name.startswith("model."))
    config = {name: manifest["nodes"][name]["config"] for name in above}
    return above, [name for name in above if config[name]["materialized"] == "incremental"]


def _artefact(home: Path, name: str) -> dict[str, Any]:
    artefact: dict[str, Any] = json.loads((target_folder(Settings(home=home)) / name).read_text("utf-8"))
    return artefact


def _sum(seconds: Seconds, models: Iterable[str]) -> float:
    """A build of what changed leaves views as they are: dbt says no seconds of them."""
    return sum(seconds.get(name, 0) for name in models)


def _share(what: str, whole: Seconds, day: Seconds, models: list[str], limit: float | None) -> Goal:
    return Goal(what, _sum(day, models) / _sum(whole, models), limit)


def _show_slowest(whole: Seconds, day: Seconds, above: list[str], incremental: list[str]) -> None:
    """The models that a day costs most, since they are where to look when a limit is missed."""
    print(f"  {'seconds of':<52} two years   a day")
    for name in sorted(day.keys() & set(above), key=day.__getitem__, reverse=True)[:_SLOWEST]:
        how = " (by what changed)" if name in incremental else ""
        print(f"  {name.split('.')[-1] + how:<52} {whole[name]:9.2f} {day[name]:7.2f}")
    for what, models in (("incremental models", incremental), ("all models above the log", above)):
        print(f"  {what + ', summed':<52} {_sum(whole, models):9.2f} {_sum(day, models):7.2f}", flush=True)
