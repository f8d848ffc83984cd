"""What dbt is told for SQL Server is what was reviewed: how partitions are replaced, where marts are built.

The files in `sqlserver/` are read by people. When a statement changes on purpose, the test prints it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import PROJECT_ROOT

REVIEWED = Path(__file__).parent / "sqlserver"
ANALYSIS = "analysis.warehouse.what_replace_partitions_says_to_the_engine"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The project compiled for SQL Server, without one."""
    target = tmp_path_factory.mktemp("compiled")
    project = PROJECT_ROOT / "dbt_project"
    command = [
        sys.executable, "-m", "dbt.cli.main", "-q", "--no-version-check", "--log-path", str(target),
        "compile", "--no-populate-cache", "--no-introspect", "--project-dir", str(project),
        "--profiles-dir", str(project), "--target", "sqlserver", "--target-path", str(target),
        "--vars", "{offline: incremental}",
        "--select", ANALYSIS.rpartition(".")[2],
    ]  # fmt: skip
    environment = os.environ | {"DO_NOT_TRACK": "1"}
    subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_partitions_are_replaced_as_reviewed(manifest):
    written = "\n".join(
        line.rstrip() for line in manifest["nodes"][ANALYSIS]["compiled_code"].strip().splitlines()
    )
    assert written + "\n" == (REVIEWED / "replace_partitions.sql").read_text(encoding="utf-8"), written


def test_marts_are_built_where_analysts_do_not_read(manifest):
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    marts = {node["schema"] for node in models if node["path"].startswith("marts/")}
    assert marts == {"build_core", "build_customer_insight", "build_course_activity"}
    assert {node["schema"] for node in models} - marts == {"staging", "intermediate"}


def test_nothing_that_dbt_builds_asks_for_a_columnstore(manifest):
    kinds = ("model", "snapshot")
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in kinds]
    assert {node["config"].get("as_columnstore") for node in nodes} == {False}
