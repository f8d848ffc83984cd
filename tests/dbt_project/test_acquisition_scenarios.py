"""Leads, trials, costs and journeys come out as worked out by hand in `acquisition_scenarios/`; see its README.md.

All scenarios are built by one dbt run, on a warehouse with subscriptions and dropped files only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import ENTERED, dbt, read_csv, sow, stand_in_warehouse

SCENARIOS = Path(__file__).parent / "acquisition_scenarios"
NAMES = sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir())
SETTINGS = {"WAREHOUSE_PLATFORMS": "subscriptions,drops", "WAREHOUSE_AS_OF": "2024-03-10 00:00:00"}
# expected file → query of the same columns
FOUND = {
    "expected_trials": """
        SELECT t.trial_id, coalesce(s.school_name, t.school_key), coalesce(p.product_code, t.product_key),
            t.channel, t.lead_created_on, t.outcome, t.named_term, t.converted_on, t.days_to_convert,
            CASE WHEN t.is_followed_by_sale THEN 'yes' ELSE 'no' END, t.followed_on
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
        SELECT coalesce(school_name, school_key), channel, CASE WHEN is_led THEN 'yes' ELSE 'no' END,
            first_lead_on, first_trial_on, first_paid_on, days_to_paid, first_product, path, products_ever,
            products_now, months_to_second_product
        FROM customer_insight.customer_journeys
    """,
}
OF_SCENARIOS = [
    (name, expected)
    for name in NAMES
    for expected in FOUND
    if (SCENARIOS / name / f"{expected}.csv").exists()
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("acquisition")
    tables = {name: read_csv(SCENARIOS / f"{name}.csv") for name in ("products", "plans")}
    for table in ("organisations", "leads", "trials", "subscriptions"):
        tables[table] = list(rows_of_all(table))
    costs = [{"_dropped_at": ENTERED, **row} for row in rows_of_all("campaigns")]
    stand_in_warehouse(home, {"subscriptions": tables, "drops": {"campaigns": costs}})
    sow(home, {})
    return home, dbt(
        home, "build", "--select", "+path:models/marts/customer_insight/acquisition", "+fct_customer_movements",
        "--indirect-selection", "buildable", "--exclude-resource-type", "seed", "unit_test", **SETTINGS,
    )  # fmt: skip


def rows_of_all(file: str) -> Iterable[dict[str, str]]:
    for name in NAMES:
        path = SCENARIOS / name / f"{file}.csv"
        yield from read_csv(path) if path.exists() else []


def header(expected: str) -> list[str]:
    path = SCENARIOS / NAMES[0] / f"{expected}.csv"
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")


def as_texts(row: Iterable[object]) -> tuple[str, ...]:
    """Cells as the CSV files have them: whole numbers without a point, nothing for NULL."""
    plain = (int(value) if isinstance(value, float) and value.is_integer() else value for value in row)
    return tuple("" if value is None else str(value) for value in plain)


def found_in(home: Path, query: str) -> Counter:
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        return Counter(as_texts(row) for row in connection.execute(query).fetchall())


def expected_of(names: Iterable[str], expected: str) -> Counter:
    rows = [
        row
        for name, file in OF_SCENARIOS
        if file == expected and name in names
        for row in read_csv(SCENARIOS / name / f"{file}.csv")
    ]
    return Counter(tuple(row.get(column, "") for column in header(expected)) for row in rows)


def test_every_data_test_passes_and_terms_that_are_no_sale_are_told(warehouse):
    report = warehouse[1]
    assert report.returncode == 0, report.stdout[-4000:]
    assert " ERROR=0 SKIP=0 " in report.stdout
    named = "trials_that_name_a_term_that_is_no_sale_to_their_school"
    assert [line for line in report.stdout.splitlines() if named in line and "WARN 4" in line]


@pytest.mark.parametrize(("scenario", "expected"), OF_SCENARIOS)
def test_rows_are_those_worked_out_by_hand(warehouse, scenario, expected):
    """Rows of other scenarios are left to their own turn; what is in none is seen by the next test."""
    of_others = expected_of(set(NAMES) - {scenario}, expected)
    found = found_in(warehouse[0], FOUND[expected]) - of_others
    worked_out = expected_of({scenario}, expected)
    assert worked_out
    assert sorted((worked_out - found).elements()) == []


@pytest.mark.parametrize("expected", FOUND)
def test_together_the_scenarios_are_all_there_is(warehouse, expected):
    found, worked_out = found_in(warehouse[0], FOUND[expected]), expected_of(NAMES, expected)
    assert sorted((found - worked_out).elements()) == sorted((worked_out - found).elements()) == []


def test_paths_are_the_journeys_counted(warehouse):
    places = [header("expected_journeys").index(name) for name in ("path", "first_product", "products_ever")]
    journeys = expected_of(NAMES, "expected_journeys")
    worked_out = Counter(tuple(journey[place] for place in places) for journey in journeys.elements())
    query = "SELECT path, first_product, products, schools FROM customer_insight.expansion_paths"
    assert found_in(warehouse[0], query) == Counter(
        (*path, str(schools)) for path, schools in worked_out.items()
    )


def test_every_outcome_and_every_kind_of_term_occurs():
    trials = list(rows_of_all("expected_trials"))
    assert {row["outcome"] for row in trials} == {"converted", "lost", "unclear", "open", "expired"}
    assert {row["named_term"] for row in trials} == {
        "none", "paid", "not_paid", "of_another_school", "missing",
    }  # fmt: skip
