"""Movements of value, compared with tables worked out by hand: `scenarios/README.md`.

All scenarios are built by one dbt run, on a warehouse with one platform only, with every data test.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.dbt_project.landing_stand_in import dbt, read_csv, stand_in_warehouse
from tests.dbt_project.worked_out import asked, assert_same, names_in, told

SCENARIOS = Path(__file__).parent / "scenarios"
NAMES = names_in(SCENARIOS)
SETTINGS = {"WAREHOUSE_PLATFORMS": "subscriptions", "WAREHOUSE_AS_OF": "2024-03-10 00:00:00"}
VALUES = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "closing")
FOUND = f"""
    SELECT s.school_name, p.product_code, m.currency, strftime(m.month, '%Y-%m'),
        {", ".join(f"m.{value}_value" for value in VALUES)}, coalesce(m.cause, ''), coalesce(m.reason, '')
    FROM customer_insight.fct_subscription_movements m
    JOIN core.dim_schools s ON s.school_key = m.school_key
    JOIN core.dim_products p ON p.product_key = m.product_key
    UNION ALL
    SELECT s.school_name, 'all', m.currency, strftime(m.month, '%Y-%m'),
        {", ".join(f"m.{value}_value" for value in VALUES)}, coalesce(m.cause, ''), coalesce(m.reason, '')
    FROM customer_insight.fct_customer_movements m
    JOIN core.dim_schools s ON s.school_key = m.school_key
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("scenarios")
    names = (
        "products",
        "plans",
        "organisations",
        "trials",
        "subscriptions",
        "subscription_changes",
        "invoices",
    )
    stand_in_warehouse(home, told(SCENARIOS, {"subscriptions": {name: name for name in names}}))
    # Without unit tests: where one fails, dbt skips the model, and every scenario would fail for one reason.
    return home, dbt(home, "build", "--exclude-resource-type", "unit_test", **SETTINGS)


def schools_of(scenario: str) -> set[str]:
    return {row["name"] for row in read_csv(SCENARIOS / scenario / "organisations.csv")}


def found_movements(home: Path, schools: set[str]) -> Counter:
    return Counter(row for row in asked(home, FOUND) if row[0] in schools)


def expected_movements(scenario: str) -> Counter:
    rows = read_csv(SCENARIOS / scenario / "expected_movements.csv")
    return Counter(
        (
            row["school"],
            row["product"],
            row["currency"],
            row["month"],
            *(Decimal(row[value]) for value in VALUES),
            row.get("cause", ""),
            row.get("reason", ""),
        )
        for row in rows
    )


def test_one_platform_alone_builds_and_passes_every_data_test(warehouse):
    report = warehouse[1]
    assert report.returncode == 0, report.stdout[-4000:]
    assert "WARN=0 ERROR=0 SKIP=0" in report.stdout


def test_every_unit_test_passes(warehouse):
    report = dbt(warehouse[0], "test", "--resource-type", "unit_test", **SETTINGS)
    assert report.returncode == 0, report.stdout[-4000:]
    assert "WARN=0 ERROR=0 SKIP=0" in report.stdout


@pytest.mark.parametrize("scenario", NAMES)
def test_movements_are_those_worked_out_by_hand(warehouse, scenario):
    expected = expected_movements(scenario)
    assert sum(expected.values()) >= 4
    assert_same(found_movements(warehouse[0], schools_of(scenario)), expected)


def test_scenarios_do_not_share_schools_and_together_they_are_all_there_is(warehouse):
    schools = [school for scenario in NAMES for school in schools_of(scenario)]
    assert len(schools) == len(set(schools))
    expected = sum((expected_movements(scenario) for scenario in NAMES), Counter())
    assert Counter(asked(warehouse[0], FOUND)) == expected


def test_every_kind_of_movement_occurs_in_some_scenario_at_both_grains():
    rows = [row for scenario in NAMES for row in read_csv(SCENARIOS / scenario / "expected_movements.csv")]
    for grain in (True, False):
        for value in VALUES:
            assert any((row["product"] == "all") is grain and Decimal(row[value]) > 0 for row in rows), value


def test_schools_that_lapsed_this_academic_year_are_one_short_query(warehouse):
    query = """
        SELECT school_name, lapsed_in_month::text FROM customer_insight.schools_lapsed
        WHERE academic_years_ago = 0 ORDER BY school_name
    """
    assert asked(warehouse[0], query) == [
        ("School 1001", "2024-02-01"),
        ("School 101", "2023-12-01"),
        ("School 1401", "2023-12-01"),
        ("School 1402", "2023-12-01"),
        ("School 1501", "2023-12-01"),
        ("School 1801", "2023-12-01"),
        ("School 701", "2024-01-01"),
        ("School 702", "2024-01-01"),
    ]
