"""Kills a sweep before one of its steps and starts it again: `python killer.py <folder> <how many>`.

Prints what was left for so many steps, drawn by KILL_SEED; 0 is all of them. The last is a sweep that nothing
was done to. Everything is imported once; each sweep is a process of its own that was forked from this one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import dlt  # noqa: F401 - here, and not in each of the forked processes

from pipelines.landing import commit
from pipelines.landing.drops import instance
from pipelines.landing.drops.register import DropRegister
from pipelines.landing.load import Package
from pipelines.sources.csv_drop.folder import FolderMover
from tests.landing.drops.desk import COSTS, SCHOOLS, Desk, open_desk

STEPS: tuple[tuple[Any, str], ...] = (
    (DropRegister, "claim"), (commit, "open_landings"), (Package, "commit"), (commit, "supersede"),
    (commit, "close_landing"), (instance, "supersede_earlier"), (DropRegister, "decide"),
    (FolderMover, "copy"), (FolderMover, "write"), (FolderMover, "remove"), (DropRegister, "moved"),
)  # fmt: skip


def forked(work: Callable[[], None]) -> int:
    """Runs it in a child; -9 when it was killed."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
        os._exit(0)
    except BaseException as failed:  # noqa: BLE001 - whatever it is, the child ends here
        print(repr(failed), file=sys.stderr)
        os._exit(1)


def sweep(folder: Path, kill_before: int | None, count_into: Path | None = None) -> None:
    """A sweep that is killed before the n-th step, of all in the order they come, or not at all."""
    taken: list[str] = []

    def stepping(function: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            taken.append(function.__name__)
            if len(taken) == kill_before:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return step

    if kill_before is not None:
        for owner, name in STEPS:
            setattr(owner, name, stepping(getattr(owner, name)))
    with open_desk(folder) as desk:
        outcome = desk.land()
        assert not outcome.errors
    if count_into:
        count_into.write_text(json.dumps(taken))


def left(folder: Path, into: Path) -> None:
    """What is in the warehouse and where the files are."""
    with open_desk(folder) as desk:
        into.write_text(json.dumps({
            "costs": desk.costs(),
            "schools": desk.rows("select urn from staging_drops.school_register order by urn"),
            "drops": desk.rows("select object_key, status, moved from ops.drops order by object_key"),
            "refused": desk.rows("select table_name, status from ops.quarantine order by all"),
            "open": desk.rows("select * from ops.landings where outcome not in ('closed', 'abandoned')"),
            **{part: desk.files(part) for part in ("drop", "archive", "quarantine")},
        }, default=str))  # fmt: skip


def prepare(folder: Path) -> None:
    """Tables with a row each, and in the drop one file for each way to end."""
    with open_desk(folder) as desk:
        desk.drop("campaigns-0.csv", COSTS + "Fair,fair,2026-01-01,10.00,GBP\n")
        desk.drop("school_register-0.csv", SCHOOLS + "1,One,,,,,open,\n2,Two,,,,many,open,\n")
        desk.landed()
        fill(desk)


def fill(desk: Desk) -> None:
    desk.drop(
        "campaigns-1.csv",
        COSTS + "Fair,fair,2026-01-01,11.00,GBP\nAds,search,2026-01-01,2.00,GBP\n"
        "Odd,search,2026-01-01,much,GBP\n",
    )
    desk.drop("school_register-1.csv", SCHOOLS + "1,One,,,,,open,\n3,Three,,,,,open,\n")
    desk.drop("minutes.csv", "a,b\n")


def tried(folder: Path, start: Path, kill_before: int | None) -> dict[str, Any]:
    """One sweep on a copy, killed or not, and another; what is there then."""
    shutil.copytree(start, folder, copy_function=shutil.copy2)
    killed = forked(lambda: sweep(folder, kill_before))
    again = forked(lambda: sweep(folder, None))
    forked(lambda: left(folder, folder / "left.json"))
    found = json.loads((folder / "left.json").read_text())
    shutil.rmtree(folder)
    return {"killed": killed, "again": again, **found}


def steps_of(folder: Path, start: Path) -> int:
    """How many steps a sweep takes: the number before which it is not killed any more. Each kind is taken."""
    shutil.copytree(start, folder, copy_function=shutil.copy2)
    forked(lambda: sweep(folder, -1, folder / "steps"))
    taken = json.loads((folder / "steps").read_text())
    assert set(taken) == {name for _, name in STEPS}, taken
    return len(taken)


def main(folder: Path, number: int) -> None:
    start = folder / "start"
    forked(lambda: prepare(start))
    steps = range(1, steps_of(folder / "counted", start) + 1)
    chosen = sorted(random.Random(os.environ["KILL_SEED"]).sample(steps, number)) if number else steps
    print(json.dumps([[step, tried(folder / "tried", start, step)] for step in [*chosen, None]]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
