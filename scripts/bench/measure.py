"""Times child processes by the operating system's own accounting, and holds figures against limits."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One finished process: wall and CPU seconds, peak resident memory in MB."""

    wall: float
    cpu: float
    rss: float


@dataclass(frozen=True)
class Goal:
    """A figure, the limit it must keep, and what it says."""

    what: str
    value: float
    limit: float | None
    unit: str = "×"


def measure(command: list[str], output: Path | None = None) -> Figure:
    """Runs a command to its end. Raises RuntimeError when it fails."""
    with output.open("wb") if output else open(os.devnull, "wb") as sink:  # noqa: PTH123 a device, not a file
        started = time.monotonic()
        child = subprocess.Popen(command, stdout=sink, stderr=subprocess.PIPE)
        said = child.stderr.read() if child.stderr else b""
        _, code, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        raise RuntimeError(
            f"{command[:4]} ended with {child.returncode}: {said.decode(errors='replace')[-800:]}"
        )
    return Figure(time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(figures: list[Figure]) -> Figure:
    """Each figure's own median."""
    return Figure(
        *(statistics.median(getattr(figure, name) for figure in figures) for name in ("wall", "cpu", "rss"))
    )


def show(what: str, figure: Figure) -> None:
    """One line a measured command."""
    print(
        f"  {what:<52} wall {figure.wall:7.2f} s  cpu {figure.cpu:7.2f} s  rss {figure.rss:6.0f} MB",
        flush=True,
    )


def report(goals: list[Goal]) -> int:
    """The closing table; 1 when any limit is missed."""
    print("\nratios (value, limit)")
    for goal in goals:
        verdict = "" if goal.limit is None else ("ok" if goal.value <= goal.limit else "MISSED")
        limit = "" if goal.limit is None else f"≤ {goal.limit}{goal.unit}"
        print(f"  {goal.what:<64} {goal.value:8.2f}{goal.unit:<3} {limit:<10} {verdict}")
    return int(any(goal.limit is not None and goal.value > goal.limit for goal in goals))
