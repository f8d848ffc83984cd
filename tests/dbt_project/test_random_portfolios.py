"""Random portfolios: the marts say what plain Python over the terms says, and everything adds up."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import LONG
from tests.dbt_project.compiled_models import CompiledModels
from tests.dbt_project.plain_movements import KINDS, Term, movements, values
from tests.dbt_project.plain_retention import yearly
from tests.dbt_project.random_portfolios import portfolio, rows_of

LAST_MONTH = date(2024, 2, 1)
PRODUCT = "cast(split_part(product_key, ':', 3) as varchar)"
GRAINS = {
    "fct_subscription_movements": (("school", "product", "currency"), f"school_key, {PRODUCT}, currency"),
    "fct_customer_movements": (("school", "currency"), "school_key, currency"),
}


def terms_of(seeds: list[int]) -> list[Term]:
    return [term for place, seed in enumerate(seeds, 1) for term in portfolio(seed, place)]


def agree(models: CompiledModels, terms: list[Term]) -> None:
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


def add_up(models: CompiledModels) -> None:
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


def retain(models: CompiledModels, terms: list[Term]) -> None:
    """Retention of all schools and by product is that of plain Python; a school stands for its terms' school."""
    measures = "schools_opening, schools_kept, schools_closing, opening_value, kept_gross_value, kept_net_value, closing_value"
    for breakdown, attributes, columns in (
        ("all", ("school", "currency"), "currency"),
        (
            "product",
            ("school", "product", "currency"),
            "case breakdown_value when 'CLASS' then '1' else '2' end, currency",
        ),
    ):
        width = len(attributes)
        query = f"select {columns}, academic_year, {measures} from customer_insight.retention_yearly"
        found = {
            row[:width]: list(row[width:]) for row in models.rows(f"{query} where breakdown = '{breakdown}'")
        }
        assert found == yearly(terms, LAST_MONTH, attributes)


@settings(max_examples=200 if LONG else 15, deadline=None)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=8, unique=True))
def test_movements_of_random_histories_add_up_and_agree_with_plain_python(customer_models, seeds):
    terms = terms_of(seeds)
    customer_models.build("subscriptions", rows_of(terms))
    agree(customer_models, terms)
    add_up(customer_models)
    retain(customer_models, terms)


def test_a_thousand_portfolios_agree_with_plain_python(customer_models):
    terms = terms_of(list(range(1000)))
    customer_models.build("subscriptions", rows_of(terms))
    agree(customer_models, terms)
    add_up(customer_models)
    retain(customer_models, terms)
    kinds = customer_models.rows(
        "select count(*) filter (new_value > 0), count(*) filter (expansion_value > 0), "
        "count(*) filter (reactivation_value > 0), count(*) filter (contraction_value > 0), "
        "count(*) filter (churn_value > 0), count(distinct cause) from customer_insight.fct_customer_movements"
    )
    assert min(kinds[0]) >= 10, "chance left a kind of movement out"


def test_the_order_of_rows_in_staging_changes_nothing(customer_models):
    terms = terms_of(list(range(60)))
    tables = [*GRAINS, "fct_value_events"]
    customer_models.build("subscriptions", rows_of(terms))
    first = {
        mart: customer_models.rows(f"select * from customer_insight.{mart} order by all") for mart in tables
    }
    customer_models.build("subscriptions", rows_of(terms[::-1]))
    assert first == {
        mart: customer_models.rows(f"select * from customer_insight.{mart} order by all") for mart in tables
    }
