"""`warehouse build` on the sample, against the same models' SQL run bare in one DuckDB process."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import duckdb

from scripts.bench.landing import ratio
from scripts.bench.measure import Figure, Goal, measure, median, show


def against_bare_sql(wanted: argparse.Namespace) -> list[Goal]:
    """Wall of landed sample → published marts as a multiple of all models' compiled SQL.

    That ratio has the limit; beside it stand that of CPU, which a busy machine moves less, that to the SQL of
    models and data tests, and that of dbt's step alone, without checks and publishing.
    """
    built: list[Figure] = []
    bare: list[Figure] = []
    tested: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        home, landed = Path(name) / "home", Path(name) / "landed.duckdb"
        _land_sample(home)
        shutil.copy(home / "warehouse.duckdb", landed)
        for number in range(wanted.repeat):
            _back_to(landed, home)
            built.append(_warehouse(home, "build"))
            bare.append(_run_bare(home, Path(name) / f"bare_{number}", "run"))
            tested.append(_run_bare(home, Path(name) / f"tested_{number}", "test"))
        steps = _steps(home)  # of the last build
        parts = _parts_of_dbt(home)
    show("warehouse build", median(built))
    show("the models' SQL alone", median(bare))
    show("that and the data tests' SQL", median(tested))
    print("  " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in steps.items()))
    print("  of dbt: " + ", ".join(f"{part} {seconds:.1f} s" for part, seconds in parts.items()))
    return [
        Goal("warehouse build / the models' SQL alone, wall", ratio(built, bare), 8),
        Goal("the same, CPU", median(built).cpu / median(bare).cpu, None),
        Goal("warehouse build / that and the data tests' SQL, wall", ratio(built, tested), None),
        Goal("its step of dbt / the models' SQL alone, wall", steps["build"] / bare[-1].wall, None),
    ]


def _land_sample(home: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "sample", "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True)
    _warehouse(home, "land")


def _warehouse(home: Path, command: str) -> Figure:
    """`env` sets the variable and becomes the command, so that the command is what is measured."""
    variable = f"WAREHOUSE_ENV_FILE={home / 'sample' / 'warehouse.env'}"
    return measure(["env", variable, sys.executable, "-m", "pipelines.cli", command])


def _back_to(landed: Path, home: Path) -> None:
    """Nothing built, nothing published, nothing parsed: what a first build finds."""
    shutil.copy(landed, home / "warehouse.duckdb")
    for folder in (home / "published", home / "work" / "dbt_target"):
        shutil.rmtree(folder, ignore_errors=True)


def _run_bare(home: Path, folder: Path, half: str) -> Figure:
    """In a copy, since it begins with taking the models away; of the same name, since the SQL says it."""
    folder.mkdir()
    copy, manifest = folder / "warehouse.duckdb", home / "work" / "dbt_target" / "manifest.json"
    shutil.copy(home / "warehouse.duckdb", copy)
    child = [sys.executable, "-m", "scripts.bench.bare_models"]
    subprocess.run([*child, "take-away", str(manifest), str(copy)], check=True)
    figure = measure([*child, half, str(manifest), str(copy)])
    shutil.rmtree(folder)
    return figure


def _steps(home: Path) -> dict[str, float]:
    """Seconds of each step, in order."""
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as warehouse:
        query = "select step, seconds from ops.steps order by finished_at"
        return dict(warehouse.execute(query).fetchall())


def _parts_of_dbt(home: Path) -> dict[str, float]:
    """Its start and its parsing, which go on beside the checks of staging; then seconds of both threads."""
    target = home / "work" / "dbt_target"
    started = measure([sys.executable, "-c", "import pipelines.runner.dbt_child"])
    parsed = json.loads((target / "perf_info.json").read_text(encoding="utf-8"))["load_all_elapsed"]
    parts = {"start": started.wall, "parsing": float(parsed)}
    for result in json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]:
        kind = result["unique_id"].split(".", 1)[0] + "s"
        parts[kind] = parts.get(kind, 0.0) + result["execution_time"]
    return parts
