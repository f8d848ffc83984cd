"""Leads, trials, costs and journeys come out as worked out by hand in `acquisition_scenarios/`; see its README.md.

All scenarios are built by one dbt run, on a warehouse with subscriptions and dropped files only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.dbt_project.landing_stand_in import ENTERED, dbt, sow, stand_in_warehouse
from tests.dbt_project.worked_out import Rows, assert_same, assert_sound, expected, names_in, rows_of, said

SCENARIOS = Path(__file__).parent / "acquisition_scenarios"
NAMES = names_in(SCENARIOS)
SETTINGS = {"WAREHOUSE_PLATFORMS": "subscriptions,drops", "WAREHOUSE_AS_OF": "2024-03-10 00:00:00"}
# expected file → query of the same columns
FOUND = {
    "expected_trials": """
        SELECT t.trial_id, coalesce(s.school_name, t.school_key), coalesce(p.product_code, t.product_key),
            t.channel, t.lead_created_on, t.outcome, t.named_term, t.converted_on, t.days_to_convert,
            t.is_followed_by_sale, t.followed_on
        FROM customer_insight.fct_trials t
        JOIN core.dim_schools s ON s.school_key = t.school_key
        JOIN core.dim_products p ON p.product_key = t.product_key
    """,
    "expected_funnel": """
        SELECT channel, strftime(month, '%Y-%m'), leads, matched_leads, led_schools, trials, converted_trials,
            round(trial_conversion, 9), paid_schools, paid_schools_without_lead, round(school_conversion, 9),
            round(mean_days_to_paid, 9), cost, cost_currency, round(cost_per_paid_school, 9)
        FROM customer_insight.acquisition_funnel
    """,
    "expected_journeys": """
        SELECT coalesce(school_name, school_key), channel, is_led,
            first_lead_on, first_trial_on, first_paid_on, days_to_paid, first_product, path, products_ever,
            products_now, months_to_second_product
        FROM customer_insight.customer_journeys
    """,
}
OF_SCENARIOS = [
    (name, what) for name in NAMES for what in FOUND if (SCENARIOS / name / f"{what}.csv").exists()
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("acquisition")
    names = ("products", "plans", "organisations", "leads", "trials", "subscriptions")
    tables = {name: rows_of(SCENARIOS, name) for name in names}
    costs = [{"_dropped_at": ENTERED, **row} for row in rows_of(SCENARIOS, "campaigns")]
    stand_in_warehouse(home, {"subscriptions": tables, "drops": {"campaigns": costs}})
    sow(home, {})
    return home, dbt(
        home, "build", "--select", "+path:models/marts/customer_insight/acquisition", "+fct_customer_movements",
        "--indirect-selection", "buildable", "--exclude-resource-type", "seed", "unit_test", **SETTINGS,
    )  # fmt: skip


def expected_of(names: Iterable[str], what: str) -> Rows:
    return expected(
        SCENARIOS / name / f"{what}.csv" for name, file in OF_SCENARIOS if file == what and name in names
    )


def test_every_data_test_passes_and_terms_that_are_no_sale_are_told(warehouse):
    report = warehouse[1]
    assert_sound(report)
    named = "trials_that_name_a_term_that_is_no_sale_to_their_school"
    assert [line for line in report.stdout.splitlines() if named in line and "WARN 4" in line]


@pytest.mark.parametrize(("scenario", "what"), OF_SCENARIOS)
def test_rows_are_those_worked_out_by_hand(warehouse, scenario, what):
    """Rows of other scenarios are left to their own turn; what is in none is seen by the next test."""
    of_others = expected_of(set(NAMES) - {scenario}, what)
    found = said(warehouse[0], FOUND[what]) - of_others
    worked_out = expected_of({scenario}, what)
    assert worked_out
    assert sorted((worked_out - found).elements()) == []


@pytest.mark.parametrize("what", FOUND)
def test_together_the_scenarios_are_all_there_is(warehouse, what):
    assert_same(said(warehouse[0], FOUND[what]), expected_of(NAMES, what))


def test_paths_are_the_journeys_counted(warehouse):
    worked_out = Counter(
        tuple(journey.get(name, "") for name in ("path", "first_product", "products_ever"))
        for journey in rows_of(SCENARIOS, "expected_journeys")
    )
    query = "SELECT path, first_product, products, schools FROM customer_insight.expansion_paths"
    assert said(warehouse[0], query) == Counter((*path, str(schools)) for path, schools in worked_out.items())


def test_every_outcome_and_every_kind_of_term_occurs():
    trials = rows_of(SCENARIOS, "expected_trials")
    assert {row["outcome"] for row in trials} == {"converted", "lost", "unclear", "open", "expired"}
    assert {row["named_term"] for row in trials} == {
        "none", "paid", "not_paid", "of_another_school", "missing",
    }  # fmt: skip
