"""The one place that calls dbt: `dbt build` as a child process, so that its memory and state end with it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import BuildFailed, UsageError
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.yaml_file import read_yaml

OnNode = Callable[[str], None]


BUILD = "build_"  # where marts are built on a server: macros/dialect/mart_schema.sql, decision 094


@dataclass(frozen=True)
class Mart:
    """`schema` is the one that analysts read, `built_in` the one that dbt writes: the same in a file.

    On a server a mart gets an index on each of `join_keys` and a mask on each of `masked`, where it has them.
    """

    schema: str
    table: str
    built_in: str
    join_keys: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.schema}.{self.table}"


@dataclass
class BuildReport:
    """What dbt did: relations built (marts by the names they are published under), tests passed, and names
    with advice of what failed."""

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
    """`schema.relation` of every mart, as analysts know it. Raises UsageError before the first build."""
    return [mart.name for mart in marts(settings)]


def marts(settings: Settings) -> list[Mart]:
    """Every mart in the project as dbt last parsed it, by name. Raises UsageError before that."""
    path = target_folder(settings) / "manifest.json"
    if not path.exists():
        raise UsageError("Nothing has been built here yet.", "Run `warehouse build` first.")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    found = [_mart(node) for node in models if node["path"].startswith("marts/")]
    return sorted(found, key=lambda mart: mart.name)


def mart_schemas() -> list[str]:
    """The schemas that analysts read, as the project names them; on a server nobody else may use them."""
    project = read_yaml(PROJECT_ROOT / "dbt_project" / "dbt_project.yml", "dbt needs it")
    return list(project["vars"]["mart_schemas"])


def _mart(node: dict[str, Any]) -> Mart:
    schema, meta = node["schema"], node.get("config", {}).get("meta", {})
    return Mart(
        schema.removeprefix(BUILD),
        node["alias"],
        schema,
        tuple(meta.get("join_keys", ())),
        tuple(meta.get("masked", ())),
    )


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
            report.built.append(_built(result["relation_name"]))
        elif result["status"] in ("pass", "success"):
            report.tests_passed += kind in ("test", "unit_test")
    return report


def _built(relation: str) -> str:
    """`"warehouse"."build_core"."dim_x"` is the mart `core.dim_x`; a database's name may have a dot in it."""
    schema, name = re.findall(r'["\[]([^"\]]+)["\]]', relation)[-2:]
    return f"{schema.removeprefix(BUILD)}.{name}"
