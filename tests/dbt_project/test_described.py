"""The documentation of the marts is complete and true: described columns are the columns there are."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
MODELS = [
    (path.relative_to(MARTS).parts[0], model)
    for path in sorted(MARTS.rglob("*.yml"))
    for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or []
]


@pytest.mark.parametrize(
    ("schema", "model"), MODELS, ids=[f"{schema}.{model['name']}" for schema, model in MODELS]
)
def test_every_column_of_a_mart_is_described_in_its_order(built_relations, schema, model):
    assert [column["name"] for column in model["columns"]] == built_relations[schema][model["name"]]
    empty = [column["name"] for column in model["columns"] if len(column.get("description", "")) < 10]
    assert empty == []


def test_everything_in_the_marts_schemas_is_described(built_relations):
    there = {
        f"{schema}.{table}"
        for schema in {schema for schema, _ in MODELS}
        for table in built_relations[schema]
    }
    assert there == {f"{schema}.{model['name']}" for schema, model in MODELS}
