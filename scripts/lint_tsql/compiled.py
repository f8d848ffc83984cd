"""The project as dbt compiles it for SQL Server, without one: every model, data test, snapshot and analysis.

Three states are compiled side by side, each in its own target folder, which dbt's partial parsing makes
fast the second time: a later build, a first build, and a deployment that has one platform only.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts import META_COLUMNS, Column, contract_path, load_contract
from scripts.lint_tsql.names import Names, landed_type
from scripts.lint_tsql.statement import Statement

Node = dict[str, Any]
_COMPILED = {"model", "test", "snapshot", "analysis"}
# What dbt adds to the columns of a snapshot.
_VERSION_TYPES = {
    "dbt_scd_id": "text(32)", "dbt_updated_at": "timestamp", "dbt_valid_from": "timestamp",
    "dbt_valid_to": "timestamp",
}  # fmt: skip
_META_TYPES = dict(zip(META_COLUMNS, ("text(64)", "bigint", "text(64)", "bool"), strict=True))


class CompileFailed(Exception):
    """dbt could not compile a state; the text is dbt's."""


@dataclass(frozen=True)
class State:
    """One way in which the project compiles."""

    name: str
    offline: str
    settings: tuple[str, ...] = ()
    selection: tuple[str, ...] = ()


STATES = (
    State("a later build", "incremental"),
    State(
        "a first build", "full", ("WAREHOUSE_AS_OF=2026-07-31 06:00:00",),
        ("config.materialized:incremental", "int_calendar__run_clock"),
    ),
    State("one platform", "full", ("WAREHOUSE_PLATFORMS=moodle",), ("resource_type:model",)),
)  # fmt: skip


def statements(project: Path, work: Path, names: Names) -> list[Statement]:
    """Every compiled statement, names resolved; of the second and third state only what compiles otherwise.

    `project` is the folder of dbt_project.yml, `work` a folder of our own; `names` gets every relation with
    its columns. Raises CompileFailed.
    """
    manifests = compile_states(project, work)
    seen, found = set[tuple[str, str]](), list[Statement]()
    _add_sources(names, manifests[0])
    for state, manifest in zip(STATES, manifests, strict=True):
        for key, node in in_build_order(manifest):
            sql = _statement(node, state, project)
            if sql is None or (key, sql.text) in seen:
                continue
            seen.add((key, sql.text))
            columns = names.resolve(sql)
            if state is STATES[0] and node.get("relation_name"):
                names.add(node["relation_name"], _seed_columns(node) or {**columns, **_version_columns(node)})
            found.append(sql)
    return found


def compile_states(project: Path, work: Path) -> list[Node]:
    """The manifests of the states, compiled at the same time."""
    running = [(state, _start(state, project, work / str(number))) for number, state in enumerate(STATES)]
    outputs = [(state, process.communicate()[0], process.returncode) for state, process in running]
    for state, output, code in outputs:
        if code != 0:
            raise CompileFailed(f"dbt cannot compile {state.name} for SQL Server:\n{output[-4000:]}")
    paths = [work / str(number) / "manifest.json" for number in range(len(STATES))]
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def _start(state: State, project: Path, target: Path) -> subprocess.Popen[str]:
    target.mkdir(parents=True, exist_ok=True)
    (target / "manifest.json").unlink(missing_ok=True)
    unset = [word for name in ("WAREHOUSE_PLATFORMS", "WAREHOUSE_AS_OF") for word in ("-u", name)]
    dbt = str(Path(sys.executable).with_name("dbt"))
    command = [
        "env", *unset, *state.settings, dbt, "-q", "--no-version-check", "--no-use-colors",
        "--log-path", str(target), "compile", "--no-populate-cache", "--no-introspect",
        "--project-dir", str(project), "--profiles-dir", str(project), "--target", "sqlserver",
        "--target-path", str(target), "--vars", f"{{offline: {state.offline}}}",
    ]  # fmt: skip
    command += ["--select", *state.selection] if state.selection else []
    return subprocess.Popen(
        command, cwd=project.parent, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def in_build_order(manifest: Node) -> Iterator[tuple[str, Node]]:
    """Nodes after everything they read."""
    nodes, done = manifest["nodes"], dict[str, None]()

    def visit(key: str) -> None:
        if key in nodes and key not in done:
            for above in nodes[key]["depends_on"].get("nodes", []):
                visit(above)
            done[key] = None

    for key in nodes:
        visit(key)
    return ((key, nodes[key]) for key in done)


def _statement(node: Node, state: State, project: Path) -> Statement | None:
    """None for what was not compiled in this state."""
    kind, text = node["resource_type"], node.get("compiled_code") or ""
    if kind == "seed":
        text = _seed_as_select(node, project)
    elif kind not in _COMPILED or not node.get("compiled"):
        return None
    path = f"{project.name}/{node['original_file_path']}"
    name = node["name"] if state is STATES[0] else f"{node['name']}, {state.name}"
    return Statement(path, name, text.strip(), written=node.get("raw_code") or "", kind=kind)


def _seed_columns(node: Node) -> dict[str, str]:
    return dict(node["config"].get("column_types") or {}) if node["resource_type"] == "seed" else {}


def _version_columns(node: Node) -> dict[str, str]:
    types = _VERSION_TYPES if node["resource_type"] == "snapshot" else {}
    return {name: landed_type(kind) for name, kind in types.items()}


def _seed_as_select(node: Node, project: Path) -> str:
    """The table that dbt makes of a seed, as casts: its types meet the rules, a missing one breaks them."""
    with (project / node["original_file_path"]).open(encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    types = _seed_columns(node)
    casts = [f"cast(null as {types.get(name, 'undeclared')}) as {name}" for name in header]
    return "select " + ", ".join(casts)


def _add_sources(names: Names, manifest: Node) -> None:
    """Landed columns are those of the contract; of the ledger `ops` the described ones, of unknown type."""
    platforms = {source["source_name"] for source in manifest["sources"].values()}
    paths = {platform: contract_path(platform) for platform in platforms}
    contracts = {platform: load_contract(path) for platform, path in paths.items() if path.exists()}
    for source in manifest["sources"].values():
        if source["source_name"] in contracts:
            landed = contracts[source["source_name"]].table(source["name"]).landed
            columns = {column.name: landed_type(_declared(column)) for column in landed}
            columns |= {name: landed_type(kind) for name, kind in _META_TYPES.items()}
        else:
            columns = dict.fromkeys(source["columns"], "unknown")
        names.add(source["relation_name"], columns)


def _declared(column: Column) -> str:
    sizes = [str(size) for size in (column.length, column.precision, column.scale) if size is not None]
    return f"{column.kind}({', '.join(sizes)})" if sizes else column.kind
