"""The marts of the project as dbt last parsed it, and where they are built and read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pipelines.errors import UsageError
from pipelines.runner.transform import BUILD, target_folder
from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.yaml_file import read_yaml


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


def published_relations(settings: Settings) -> list[str]:
    """`schema.relation` of every mart, as analysts know it. Raises UsageError before the first build."""
    return [mart.name for mart in project_marts(settings)]


def project_marts(settings: Settings) -> list[Mart]:
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
