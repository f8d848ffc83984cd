"""Risks, reasons and outcomes come out as worked out by hand in `health_scenarios/`; see its README.md.

All scenarios are built by one dbt run, on a warehouse with three platforms.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse
from tests.dbt_project.worked_out import (
    Rows,
    asked,
    assert_same,
    assert_sound,
    expected,
    names_in,
    rows_of,
    said,
    told,
)

SCENARIOS = Path(__file__).parent / "health_scenarios"
TOLD = [name for name in names_in(SCENARIOS) if (SCENARIOS / name / "expected_health.csv").exists()]
SETTINGS = {
    "WAREHOUSE_PLATFORMS": "subscriptions,classroom,bookshelf", "WAREHOUSE_AS_OF": "2025-12-10 00:00:00",
}  # fmt: skip
# platform → file of a scenario → landed table
FILES = {
    "subscriptions": {
        name: name
        for name in (
            "products",
            "plans",
            "organisations",
            "subscriptions",
            "subscription_changes",
            "invoices",
        )
    },
    "classroom": {name: name for name in ("users", "logins")},
    "bookshelf": {"accounts": "Accounts", "reading_sessions": "ReadingSessions"},
}


HEALTH = """
    SELECT s.school_name, p.product_code, strftime(h.month, '%Y-%m'), h.cover_ends_on, h.days_to_end,
        h.is_renewal_entered, h.is_notice_given, h.days_unpaid, h.mean_learners,
        h.use_change, h.term_months_unused, h.risk_points, h.risk_band, h.risk_reasons,
        h.is_product_lapsed, h.is_customer_lapsed
    FROM customer_insight.fct_customer_health_monthly h
    JOIN core.dim_schools s ON s.school_key = h.school_key
    JOIN core.dim_products p ON p.product_key = h.product_key
"""
CROSS_PLATFORM = """
    SELECT school_name, platforms_together, platforms_used, learners, learners_on_several_platforms,
        share_on_several_platforms, is_small_cell
    FROM customer_insight.cross_platform_use
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("health")
    stand_in_warehouse(home, told(SCENARIOS, FILES))
    return home, dbt(home, "build", "--exclude-resource-type", "unit_test", **SETTINGS)


def test_the_platforms_build_and_pass_every_data_test(warehouse):
    assert_sound(warehouse[1])


@pytest.mark.parametrize("scenario", TOLD)
def test_health_is_that_worked_out_by_hand(warehouse, scenario):
    by_hand = expected([SCENARIOS / scenario / "expected_health.csv"])
    named = {row[:3] for row in by_hand}
    assert len(named) == by_hand.total() > 0
    found = said(warehouse[0], HEALTH)
    assert_same(Rows({row: count for row, count in found.items() if row[:3] in named}), by_hand)


def test_every_band_and_outcome_is_in_some_scenario():
    rows = rows_of(SCENARIOS, "expected_health")
    assert {row["band"] for row in rows} == {"red", "amber", "green", "unknown"}
    outcomes = {(row.get("product_lapsed"), row.get("customer_lapsed")) for row in rows}
    assert outcomes == {("yes", "yes"), ("yes", "no"), ("no", "no"), (None, None)}


def test_schools_that_use_platforms_together_are_those_worked_out_by_hand(warehouse):
    assert_same(said(warehouse[0], CROSS_PLATFORM), expected([SCENARIOS / "expected_cross_platform.csv"]))


def test_customer_health_is_the_last_complete_month_of_the_history(warehouse):
    rows = "SELECT school_key, product_key, month, risk_reasons FROM customer_insight."
    now = asked(warehouse[0], f"{rows}customer_health")
    then = asked(warehouse[0], f"{rows}fct_customer_health_monthly WHERE month = '2025-11-01'")
    assert sorted(now) == sorted(then)
    assert len(now) > 4


def test_the_back_test_counts_what_the_history_says(warehouse):
    """By product, over every month: rows by band, and how many of them lapsed."""
    history = asked(
        warehouse[0],
        "SELECT risk_band, is_product_lapsed FROM customer_insight.fct_customer_health_monthly "
        "WHERE is_product_lapsed IS NOT NULL",
    )
    counted = Counter(band for band, _ in history), Counter(band for band, lapsed in history if lapsed)
    found = asked(
        warehouse[0],
        "SELECT band, school_months, lapsed FROM customer_insight.health_backtest "
        "WHERE level_compared = 'product' AND months_compared = 'every month' AND band <> 'amber or red'",
    )
    assert {band: (rows, lapsed) for band, rows, lapsed in found} == {
        band: (rows, counted[1][band]) for band, rows in counted[0].items()
    }
