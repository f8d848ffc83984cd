"""The marts are those of the project, under the names that analysts know."""

from __future__ import annotations

import json

import pytest

from pipelines.errors import UsageError
from pipelines.runner.marts import Mart, mart_schemas, project_marts, published_relations
from pipelines.runner.transform import target_folder
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


def test_the_mart_schemas_are_those_of_the_project():
    assert mart_schemas() == ["core", "customer_insight", "course_activity"]


def test_marts_are_what_dbt_parsed_last(settings):
    with pytest.raises(UsageError, match="Nothing has been built here yet"):
        published_relations(settings)
    nodes = {
        "model.w.a": {
            "resource_type": "model",
            "schema": "build_core",
            "alias": "dim_a",
            "path": "marts/core/dim_a.sql",
            "config": {"meta": {"join_keys": ["school_key"], "masked": ["person_key"]}},
        },
        "model.w.b": {
            "resource_type": "model",
            "schema": "staging",
            "alias": "stg_b",
            "path": "staging/x/stg_b.sql",
        },
        "test.w.c": {"resource_type": "test", "schema": "core", "alias": "c"},
        "model.w.d": {
            "resource_type": "model",
            "schema": "course_activity",
            "alias": "d",
            "path": "marts/course_activity/d.sql",
        },
    }
    (target_folder(settings) / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    assert published_relations(settings) == ["core.dim_a", "course_activity.d"]
    assert project_marts(settings) == [
        Mart("core", "dim_a", "build_core", ("school_key",), ("person_key",)),
        Mart("course_activity", "d", "course_activity"),
    ]
