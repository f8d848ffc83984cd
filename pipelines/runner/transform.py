"""The one place that starts dbt, as a child process, so that its memory and state end with it."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pipelines.errors import BuildFailed, WarehouseError
from pipelines.runner.child import Child, end, start
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse import open_warehouse

OnNode = Callable[[str], None]
BUILD = "build_"  # where marts are built on a server: macros/dialect/mart_schema.sql, decision 094


@dataclass
class BuildReport:
    """What dbt did: relations built (marts by the names they are published under), tests passed, and names
    with advice of what failed."""

    built: list[str] = field(default_factory=list)
    tests_passed: int = 0
    failed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


class Dbt:
    """dbt's process, started: it parses the project, and builds once told what. Ends with its `with`."""

    def __init__(self, settings: Settings, platforms: list[str]) -> None:
        self._settings = settings
        self._results = target_folder(settings) / "run_results.json"
        self._results.unlink(missing_ok=True)
        # from the home: a home that moves, or is a copy, would be parsed anew if dbt knew its path
        own = {"WAREHOUSE_PLATFORMS": ",".join(platforms), "WAREHOUSE_HOME": "."}
        environment = settings.subprocess_environment() | own
        self._child = start(_command(settings), environment | _where_we_are(environment), settings.home)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """One that was told nothing ends by itself, one that is at work when its run stops is stopped."""
        end(self._child)

    def build(self, select: list[str] | None, on_node: OnNode) -> BuildReport:
        """Builds and tests the selected models (None: all of them, anew, since their code may have changed).

        Raises BuildFailed when dbt cannot run at all; failed models and tests are in the report.
        """
        # unit tests check the project's SQL, not this night's rows: they belong to CI
        wanted = ["--exclude-resource-type", "unit_test"]
        wanted += ["--full-refresh"] if select is None else ["--select", *select]
        last_error = _told(self._child, wanted, on_node)
        if not self._results.exists():
            log = f"{self._settings.home}/logs/dbt.log"
            raise BuildFailed(
                f"dbt could not start the build: {last_error or 'it said nothing'}",
                f"Its log is {log}; `dbt build --project-dir dbt_project` shows the same.",
            )
        return _read(self._results, self._broken_promises)

    def _broken_promises(self, query: str) -> str:
        """What a test `holds` found, its rows being promises in words and counts; empty if nobody can ask."""
        with suppress(WarehouseError), open_warehouse(self._settings, read_only=True) as warehouse:
            return "; ".join(f"{promise}: {rows} rows" for promise, rows in warehouse.rows(query))
        return ""


def build(settings: Settings, platforms: list[str], select: list[str] | None, on_node: OnNode) -> BuildReport:
    """Starts dbt and builds: `Dbt.build` for those who have nothing to do while it parses."""
    with Dbt(settings, platforms) as dbt:
        return dbt.build(select, on_node)


def target_folder(settings: Settings) -> Path:
    """dbt's artefacts; kept between runs, because partial parsing saves seconds."""
    folder = settings.work_folder.resolve() / "dbt_target"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _command(settings: Settings) -> list[str]:
    project, logs = PROJECT_ROOT / "dbt_project", settings.home.resolve() / "logs"
    return [
        sys.executable, "-m", "pipelines.runner.dbt_child", "--log-path", str(logs),
        "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(target_folder(settings)),
    ]  # fmt: skip


def _where_we_are(environment: dict[str, str]) -> dict[str, str]:
    """The child starts in another folder than the project's."""
    ours = filter(None, [str(PROJECT_ROOT), environment.get("PYTHONPATH")])
    return {"PYTHONPATH": os.pathsep.join(ours)}


def _told(child: Child, wanted: list[str], on_node: OnNode) -> str:
    """Tells dbt what to build, reports each node; returns the last error sentence it logged."""
    last_error = ""
    with suppress(BrokenPipeError):  # it ended, and says below why
        print(json.dumps(wanted), file=child.stdin, flush=True)
    for line in child.stdout or ():
        try:
            info = json.loads(line)["info"]
        except (ValueError, KeyError):
            continue
        if info["name"] in ("LogStartLine", "LogTestResult", "LogModelResult"):
            on_node(info["msg"].strip())
        if info["level"] == "error":
            last_error = info["msg"].strip().splitlines()[0]
    child.wait()
    return last_error


def _read(path: Path, broken_promises: Callable[[str], str]) -> BuildReport:
    report = BuildReport()
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        kind, _, name = result["unique_id"].partition(".")
        short = name.split(".")[1]
        if result["status"] in ("error", "fail", "runtime error"):
            failures = f"{result['failures']} rows" if result.get("failures") else ""
            if failures and short.endswith("_holds"):
                failures = broken_promises(result["compiled_code"]) or failures
            report.failed.append(f"{kind} {short} ({failures})" if failures else f"{kind} {short}")
        elif result["status"] == "warn":
            report.warned.append(f"{kind} {short} ({result['failures']} rows)")
        elif kind == "model" and result["status"] == "success":
            report.built.append(_built(result["relation_name"]))
        elif result["status"] in ("pass", "success"):
            report.tests_passed += kind in ("test", "unit_test")
    return report


def _built(relation: str) -> str:
    """`"warehouse"."build_core"."dim_x"` is the mart `core.dim_x`; a database's name may have a dot in it."""
    schema, name = re.findall(r'["\[]([^"\]]+)["\]]', relation)[-2:]
    return f"{schema.removeprefix(BUILD)}.{name}"
