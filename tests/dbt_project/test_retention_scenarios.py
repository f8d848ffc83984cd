"""Retention of eight schools over three years, worked out by hand: `retention_scenarios/README.md`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.dbt_project.compiled_models import CompiledModels
from tests.dbt_project.landing_stand_in import read_csv

HERE = Path(__file__).parent / "retention_scenarios"
COUNTED = """
    select breakdown, breakdown_value, currency, academic_year, schools_opening, schools_kept, schools_lost,
        schools_joined, schools_closing, opening_value, kept_gross_value, kept_net_value, closing_value,
        opening_seats, kept_gross_seats, kept_net_seats, closing_seats
    from customer_insight.retention_yearly where breakdown in ('all', 'product', 'phase')
"""
COHORTS = """
    select cohort_year, academic_year, schools_started, schools_closing, starting_value,
        kept_gross_value_since_start, closing_value
    from customer_insight.fct_retention_cohorts where breakdown = 'all' and currency = 'GBP'
"""


@pytest.fixture(scope="module")
def schools(customer_models: CompiledModels) -> CompiledModels:
    tables = {name: read_csv(HERE / f"{name}.csv") for name in ("organisations", "subscriptions")}
    customer_models.build("subscriptions", {**tables, "subscription_changes": []})
    return customer_models


def expected(name: str, words: int) -> list[tuple]:
    """Rows of a file: the first `words` columns are words, the others numbers."""
    rows = [tuple(row.values()) for row in read_csv(HERE / f"{name}.csv")]
    return sorted((*row[:words], *(Decimal(number) for number in row[words:])) for row in rows)


def test_each_years_start_and_what_is_left_of_it(schools):
    assert sorted(schools.rows(COUNTED)) == expected("expected_yearly", 4)


def test_a_cohort_keeps_its_schools_for_ever(schools):
    assert sorted(schools.rows(COHORTS)) == expected("expected_cohorts", 2)


def test_every_breakdown_has_every_school_and_a_missing_channel_is_unknown(schools):
    totals = schools.rows(
        "select academic_year, currency, count(distinct (sums)) from (select breakdown, academic_year, currency, "
        "(sum(schools_opening), sum(schools_closing), sum(closing_value)) as sums "
        "from customer_insight.retention_yearly where breakdown <> 'product' group by all) group by all"
    )
    assert {sums for *_, sums in totals} == {1}
    unknown = "select distinct schools_closing from customer_insight.retention_yearly where breakdown_value = 'unknown'"
    assert schools.rows(unknown) == [(1,)]


def test_ratios_are_of_the_base_and_empty_without_one(schools):
    query = """
        select academic_year, school_retention, gross_value_retention, net_value_retention, is_small_cell
        from customer_insight.retention_yearly where breakdown = 'all' and currency = 'GBP' order by 1
    """
    assert schools.rows(query) == [
        ("2021/22", None, None, None, False),
        ("2022/23", 0.6, pytest.approx(600 / 1260), pytest.approx(700 / 1260), False),
        ("2023/24", 1.0, pytest.approx(710 / 860), pytest.approx(770 / 860), False),
    ]
