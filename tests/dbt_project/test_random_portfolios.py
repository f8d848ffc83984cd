"""Random portfolios: the marts say what plain Python over the terms says, and everything adds up.

dbt builds the models once, empty. Then each batch of portfolios is put into staging and the SQL that dbt compiled is
run again: milliseconds instead of a dbt process a batch.
"""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import LONG
from tests.dbt_project.landing_stand_in import dbt, insert_rows, stand_in_warehouse
from tests.dbt_project.plain_movements import KINDS, Term, movements, values
from tests.dbt_project.random_portfolios import plans, portfolio, rows_of

LAST_MONTH = date(2024, 2, 1)
SETTINGS = {"WAREHOUSE_PLATFORMS": "subscriptions", "WAREHOUSE_AS_OF": "2024-03-10 00:00:00"}
BUILT = ("int_subscriptions__terms", "int_subscriptions__month_end_values", "fct_value_events",
         "fct_subscription_movements", "fct_customer_movements")  # fmt: skip
PRODUCT = "cast(split_part(product_key, ':', 3) as varchar)"
GRAINS = {
    "fct_subscription_movements": (("school", "product", "currency"), f"school_key, {PRODUCT}, currency"),
    "fct_customer_movements": (("school", "currency"), "school_key, currency"),
}


class Models:
    """The compiled SQL of the models of movements, on one warehouse."""

    def __init__(self, home: Path) -> None:
        self.connection = duckdb.connect(home / "warehouse.duckdb")
        nodes = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))["nodes"]
        self._sql = {
            node["relation_name"]: node["compiled_code"]
            for name in BUILT
            for node in nodes.values()
            if node["name"] == name
        }

    def build(self, terms: list[Term]) -> None:
        """Staging holds these terms and nothing else; tables are built anew, views follow by themselves."""
        for table in ("organisations", "subscriptions", "subscription_changes"):
            self.connection.execute(f"delete from staging_subscriptions.{table}")
        for table, rows in rows_of(terms).items():
            insert_rows(self.connection, "subscriptions", table, rows)
        for relation, sql in self._sql.items():
            self.connection.execute(f"create or replace table {relation} as {sql}")

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    home = tmp_path_factory.mktemp("portfolios")
    products = [{"id": "1", "code": "CLASS"}, {"id": "2", "code": "READ"}]
    stand_in_warehouse(home, {"subscriptions": {"products": products, "plans": plans()}})
    select = ["--select", *(f"+{name}" for name in BUILT)]
    kinds = ["--resource-type", "model", "--resource-type", "seed"]
    report = dbt(home, "build", *kinds, *select, **SETTINGS)
    assert report.returncode == 0, report.stdout[-4000:]
    built = Models(home)
    with closing(built.connection):
        yield built


def terms_of(seeds: list[int]) -> list[Term]:
    return [term for place, seed in enumerate(seeds, 1) for term in portfolio(seed, place)]


def agree(models: Models, terms: list[Term]) -> None:
    """Movements at both grains and seats are those of plain Python, row by row."""
    for mart, (attributes, columns) in GRAINS.items():
        measures = ", ".join(f"{kind}_value" for kind in KINDS)
        width = len(attributes) + 1
        found = {
            row[:width]: row[width:]
            for row in models.rows(f"select {columns}, month, {measures} from customer_insight.{mart}")
        }
        assert found == movements(terms, LAST_MONTH, attributes)
    seats = {
        (*key, month): seats
        for key, months in values(terms, LAST_MONTH, GRAINS["fct_subscription_movements"][0]).items()
        for month, (value, seats) in months.items()
        if value
    }
    query = f"select school_key, {PRODUCT}, currency, month, seats from intermediate.int_subscriptions__month_end_values"
    assert {row[:4]: row[4] for row in models.rows(query)} == seats


def add_up(models: Models) -> None:
    """Events make movements and movements make closing values, in every row and so in every roll-up."""
    assert not models.rows(
        "select * from customer_insight.fct_subscription_movements where opening_value + new_value + "
        "expansion_value + reactivation_value - contraction_value - churn_value <> closing_value"
    )
    assert not models.rows(
        "select school_key, product_key, currency, month from (select school_key, product_key, currency, month, "
        "closing_value - opening_value as moved from customer_insight.fct_subscription_movements union all "
        "select school_key, product_key, currency, month, -value_delta from customer_insight.fct_value_events) "
        "group by all having sum(moved) <> 0"
    )
    for mart in GRAINS:
        assert not models.rows(
            f"select * from customer_insight.{mart} where (opening_value <> closing_value) <> (cause is not null)"
        )
    assert models.rows("select count(*) from customer_insight.fct_value_events") == models.rows(
        "select count(distinct event_key) from customer_insight.fct_value_events"
    )


@settings(max_examples=200 if LONG else 15, deadline=None)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=8, unique=True))
def test_movements_of_random_histories_add_up_and_agree_with_plain_python(models, seeds):
    terms = terms_of(seeds)
    models.build(terms)
    agree(models, terms)
    add_up(models)


def test_a_thousand_portfolios_agree_with_plain_python(models):
    terms = terms_of(list(range(1000)))
    models.build(terms)
    agree(models, terms)
    add_up(models)
    kinds = models.rows(
        "select count(*) filter (new_value > 0), count(*) filter (expansion_value > 0), "
        "count(*) filter (reactivation_value > 0), count(*) filter (contraction_value > 0), "
        "count(*) filter (churn_value > 0), count(distinct cause) from customer_insight.fct_customer_movements"
    )
    assert min(kinds[0]) >= 10, "chance left a kind of movement out"


def test_the_order_of_rows_in_staging_changes_nothing(models):
    terms = terms_of(list(range(60)))
    tables = [*GRAINS, "fct_value_events"]
    models.build(terms)
    first = {mart: models.rows(f"select * from customer_insight.{mart} order by all") for mart in tables}
    models.build(terms[::-1])
    assert first == {
        mart: models.rows(f"select * from customer_insight.{mart} order by all") for mart in tables
    }
