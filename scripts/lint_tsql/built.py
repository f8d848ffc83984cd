"""The batches that dbt sends to SQL Server while it builds, recorded without one, and the SQL within them.

dbt-sqlserver puts a model or a data test into `EXEC('create view …')`, selects from it into a table,
renames, deletes and inserts, and runs our hooks: what is compiled is not yet what is run. Three builds are
recorded: a first one, a later one, and one of everything anew where everything is there already.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.lint_tsql.names import Columns, Names
from scripts.lint_tsql.statement import Statement

Relations = dict[str, dict[str, dict[str, Any]]]
# What is built otherwise when it is there already; views and tables are the same statements with a rename.
_GROWS = ("config.materialized:incremental", "resource_type:seed", "resource_type:snapshot")
_ROOT = Path(__file__).parents[2]
# The defaults of every setting, with the login that dbt-sqlserver asks for before it connects.
_SETTINGS = (
    "PLATFORMS", "AS_OF", "SQLSERVER__HOST", "SQLSERVER__PORT", "SQLSERVER__DATABASE",
    "SQLSERVER__AUTHENTICATION", "SQLSERVER__CERTIFICATE_HOST", "SQLSERVER__ENCRYPT",
    "SQLSERVER__TRUST_CERTIFICATE",
)  # fmt: skip
_ENVIRONMENT = (
    "env", *(word for name in _SETTINGS for word in ("-u", f"WAREHOUSE_{name}")),
    "WAREHOUSE_SQLSERVER__USER=nobody", "WAREHOUSE_SQLSERVER__PASSWORD=none",
)  # fmt: skip
_EXEC = re.compile(r"EXEC ?\('((?:[^']|'')*)'\)", re.IGNORECASE)
# The adapter's own words: where it is, its label, its lock, its transaction, what it asks of the catalogue.
_ADAPTERS = (
    re.compile(r"^\s*(--.*\n|/\*.*?\*/)", re.MULTILINE),
    re.compile(r"USE \[[^]]*\];", re.IGNORECASE),
    re.compile(r"^IF OBJECT_ID\('[^']*', 'U'\) IS NOT NULL\s*;?"),
    re.compile(r"OPTION \(LABEL = '[^']*'\);?"),
)
_CATALOGUE = re.compile(
    r"\bsys\.|\bsp_\w+|@@TRANCOUNT|^(SET|BEGIN|COMMIT|IF|DECLARE|CREATE SCHEMA)\b", re.IGNORECASE
)


class RecordFailed(Exception):
    """dbt could not build on the recorder; the text is dbt's."""


@dataclass(frozen=True)
class Build:
    """One way to build: the words that dbt gets, and whether the relations are there already."""

    name: str
    words: tuple[str, ...]
    there: bool


BUILDS = (
    Build("a first build", ("--exclude-resource-type", "test", "unit_test"), there=False),
    Build("a later build", ("--exclude-resource-type", "test", "unit_test", "--select", *_GROWS), there=True),
    Build(
        "everything anew",
        ("--full-refresh", "--exclude-resource-type", "test", "unit_test", "--select", *_GROWS),
        there=True,
    ),
)


def built(project: Path, work: Path, names: Names) -> Iterator[Statement]:
    """What dbt sends of the project that `compiled.statements` has compiled in `work`, each text once.

    Raises RecordFailed.
    """
    manifest = json.loads((work / "0" / "manifest.json").read_text(encoding="utf-8"))
    builds = recorded(project, work / "built", relations_of(manifest, names.columns))
    seen: set[str] = set()
    for build, batches in zip(BUILDS, builds, strict=True):
        for node, batch in batches:
            for text in statements_of(batch):
                if node in manifest["nodes"] and text not in seen:
                    seen.add(text)
                    path = f"{project.name}/{manifest['nodes'][node]['original_file_path']}"
                    yield Statement(path, f"{node.rpartition('.')[2]}, {build.name}", text, kind="built")


def recorded(
    project: Path, work: Path, relations: Relations, builds: tuple[Build, ...] = BUILDS
) -> list[list[tuple[str, str]]]:
    """(dbt's node, batch) of each build, in order; `relations` are there already. Raises RecordFailed.

    One thread builds, so that the order is always the same.
    """
    work.mkdir(parents=True, exist_ok=True)
    plan, written = work / "plan.json", work / "written.json"
    places = [
        "-q", "--no-version-check", "--no-use-colors", "--threads", "1", "--project-dir", str(project),
        "--profiles-dir", str(project), "--target", "sqlserver", "--target-path", str(work),
        "--log-path", str(work),
    ]  # fmt: skip
    planned = [{"words": build.words, "relations": relations if build.there else {}} for build in builds]
    plan.write_text(json.dumps({"places": places, "builds": planned}), encoding="utf-8")
    command = [*_ENVIRONMENT, sys.executable, "-m", "scripts.lint_tsql.recorder", str(plan), str(written)]
    done = subprocess.run(command, cwd=_ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        raise RecordFailed(f"dbt cannot build for SQL Server:\n{(done.stdout + done.stderr)[-4000:]}")
    return [
        [(node, batch) for node, batch in build] for build in json.loads(written.read_text(encoding="utf-8"))
    ]


def relations_of(manifest: Mapping[str, Any], columns: Mapping[str, Columns]) -> Relations:
    """Every relation of the project as it is after a build, for `recorded`."""
    found: Relations = {}
    for node in manifest["nodes"].values():
        if node.get("relation_name"):
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            known = dict(columns.get(node["relation_name"], {}))
            found.setdefault(node["schema"], {})[node["alias"]] = {"kind": kind, "columns": known}
    return found


def statements_of(batch: str) -> Iterator[str]:
    """The statements in a batch without the adapter's own, and those in the texts that it executes."""
    inner = [found[1].replace("''", "'") for found in _EXEC.finditer(batch)]
    outer = _EXEC.sub("", batch)
    for pattern in _ADAPTERS:
        outer = pattern.sub(";" if "OPTION" in pattern.pattern else "", outer)
    if outer.strip(" \n;") and not _CATALOGUE.search(outer.strip()):
        yield outer.strip()
    for text in inner:
        yield from statements_of(text)
