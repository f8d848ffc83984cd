"""The one place that calls dbt: `dbt build` as a child process, so that its memory and state end with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import BuildFailed, UsageError
from pipelines.settings import PROJECT_ROOT, Settings

OnNode = Callable[[str], None]


@dataclass
class BuildReport:
    """What dbt did: relations built, tests passed, and names with advice of what failed."""

    built: list[str] = field(default_factory=list)
    tests_passed: int = 0
    failed: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


def build(settings: Settings, platforms: list[str], select: list[str] | None, on_node: OnNode) -> BuildReport:
    """Builds and tests the selected models (None: all of them, anew, since their code may have changed).

    Raises BuildFailed when dbt cannot run at all; failed models and tests are in the report.
    """
    target, project = target_folder(settings), PROJECT_ROOT / "dbt_project"
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "dbt.cli.main", "--no-version-check", "--log-format", "json",
        "--log-level", "info", "--log-path", str(settings.home.resolve() / "logs"), "build",
        "--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(target),
    ]  # fmt: skip
    # unit tests check the project's SQL, not this night's rows: they belong to CI
    command += ["--exclude-resource-type", "unit_test"]
    command += ["--full-refresh"] if select is None else ["--select", *select]
    environment = settings.subprocess_environment() | {"WAREHOUSE_PLATFORMS": ",".join(platforms)}
    # from the home: a home that moves, or is a copy, would be parsed anew if dbt knew its path
    last_error = _run(command, environment | {"WAREHOUSE_HOME": "."}, settings.home, on_node)
    if not results.exists():
        raise BuildFailed(
            f"dbt could not start the build: {last_error or 'it said nothing'}",
            f"Its log is {settings.home}/logs/dbt.log; `dbt build --project-dir dbt_project` shows the same.",
        )
    return _read(results)


def target_folder(settings: Settings) -> Path:
    """dbt's artefacts; kept between runs, because partial parsing saves seconds."""
    folder = settings.work_folder.resolve() / "dbt_target"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def published_relations(settings: Settings) -> list[str]:
    """`schema.relation` of every mart in the project as dbt last parsed it. Raises UsageError before that."""
    path = target_folder(settings) / "manifest.json"
    if not path.exists():
        raise UsageError("Nothing has been built here yet.", "Run `warehouse build` first.")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return sorted(f"{node['schema']}.{node['alias']}" for node in models if node["path"].startswith("marts/"))


def _run(command: list[str], environment: dict[str, str], folder: Path, on_node: OnNode) -> str:
    """Runs dbt in a folder, reporting each node; returns the last error sentence it logged."""
    last_error = ""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as child:
        for line in child.stdout or ():
            try:
                info = json.loads(line)["info"]
            except (ValueError, KeyError):
                continue
            if info["name"] in ("LogStartLine", "LogTestResult", "LogModelResult"):
                on_node(info["msg"].strip())
            if info["level"] == "error":
                last_error = info["msg"].strip().splitlines()[0]
    return last_error


def _read(path: Path) -> BuildReport:
    report = BuildReport()
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        kind, _, name = result["unique_id"].partition(".")
        short = name.split(".")[1]
        if result["status"] in ("error", "fail", "runtime error"):
            failures = f" ({result['failures']} rows)" if result.get("failures") else ""
            report.failed.append(f"{kind} {short}{failures}")
        elif result["status"] == "warn":
            report.warned.append(f"{kind} {short} ({result['failures']} rows)")
        elif kind == "model" and result["status"] == "success":
            report.built.append(result["relation_name"].replace('"', "").split(".", 1)[1])
        elif result["status"] in ("pass", "success"):
            report.tests_passed += kind in ("test", "unit_test")
    return report
