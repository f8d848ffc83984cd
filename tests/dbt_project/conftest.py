"""What several dbt tests share: the whole project built once, on every platform's empty staging tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.compiled_models import CompiledModels, compiled
from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse
from tests.dbt_project.random_portfolios import plans

PLATFORMS = ("subscriptions", "moodle", "classroom", "bookshelf", "reading", "edx", "drops")
# schema → relation → column names in order
Relations = dict[str, dict[str, list[str]]]


@pytest.fixture(scope="session")
def built_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse file after `dbt build` of all models, without a row in staging."""
    home = tmp_path_factory.mktemp("empty")
    stand_in_warehouse(home, {name: {} for name in PLATFORMS})
    report = dbt(
        home, "build", "--exclude-resource-type", "test", "unit_test", WAREHOUSE_AS_OF="2026-07-31 06:00:00",
    )  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    return home / "warehouse.duckdb"


@pytest.fixture(scope="session")
def built_relations(built_warehouse: Path) -> Relations:
    """Every relation of that warehouse."""
    return relations_of(built_warehouse)


@pytest.fixture(scope="session")
def customer_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompiledModels]:
    """The marts of movements and retention, as of 10 March 2024, with two products and their plans."""
    products = [{"id": "1", "code": "CLASS", "name": "CLASS"}, {"id": "2", "code": "READ", "name": "READ"}]
    staging = {"subscriptions": {"products": products, "plans": plans()}}
    stored = (
        "int_subscriptions__terms", "int_subscriptions__month_end_values", "fct_value_events",
        "fct_subscription_movements", "fct_customer_movements", "dim_schools", "fct_retention_cohorts",
    )  # fmt: skip
    with compiled(
        tmp_path_factory.mktemp("customers"), staging, stored, "retention_yearly",
        WAREHOUSE_PLATFORMS="subscriptions", WAREHOUSE_AS_OF="2024-03-10 00:00:00",
    ) as models:  # fmt: skip
        yield models


def relations_of(path: Path) -> Relations:
    found: Relations = {}
    query = """
        SELECT table_schema, table_name, column_name FROM information_schema.columns
        ORDER BY table_schema, table_name, ordinal_position
    """
    with closing(duckdb.connect(path, read_only=True)) as connection:
        for schema, table, column in connection.execute(query).fetchall():
            found.setdefault(schema, {}).setdefault(table, []).append(column)
    return found
