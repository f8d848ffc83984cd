"""Risks, reasons and outcomes come out as worked out by hand in `health_scenarios/`; see its README.md.

All scenarios are built by one dbt run, on a warehouse with three platforms.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import dbt, read_csv, stand_in_warehouse, told

SCENARIOS = Path(__file__).parent / "health_scenarios"
NAMES = sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir())
TOLD = [name for name in NAMES if (SCENARIOS / name / "expected_health.csv").exists()]
SETTINGS = {
    "WAREHOUSE_PLATFORMS": "subscriptions,classroom,bookshelf", "WAREHOUSE_AS_OF": "2025-12-10 00:00:00",
}  # fmt: skip
# platform → file of a scenario → landed table
FILES = {
    "subscriptions": {
        name: name for name in ("organisations", "subscriptions", "subscription_changes", "invoices")
    },
    "classroom": {name: name for name in ("users", "logins")},
    "bookshelf": {"accounts": "Accounts", "reading_sessions": "ReadingSessions"},
}


def yes_or_no(column: str) -> str:
    return f"CASE WHEN {column} THEN 'yes' WHEN NOT {column} THEN 'no' END"


HEALTH = f"""
    SELECT s.school_name, p.product_code, strftime(h.month, '%Y-%m'), h.cover_ends_on, h.days_to_end,
        {yes_or_no("h.is_renewal_entered")}, {yes_or_no("h.is_notice_given")}, h.days_unpaid, h.mean_learners,
        h.use_change, h.term_months_unused, h.risk_points, h.risk_band, h.risk_reasons,
        {yes_or_no("h.is_product_lapsed")}, {yes_or_no("h.is_customer_lapsed")}
    FROM customer_insight.fct_customer_health_monthly h
    JOIN core.dim_schools s ON s.school_key = h.school_key
    JOIN core.dim_products p ON p.product_key = h.product_key
"""
CROSS_PLATFORM = f"""
    SELECT school_name, platforms_together, platforms_used, learners, learners_on_several_platforms,
        share_on_several_platforms, {yes_or_no("is_small_cell")}
    FROM customer_insight.cross_platform_use
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("health")
    platforms = told(SCENARIOS, FILES)
    platforms["subscriptions"] |= {
        name: read_csv(SCENARIOS / f"{name}.csv") for name in ("products", "plans")
    }
    stand_in_warehouse(home, platforms)
    return home, dbt(home, "build", "--exclude-resource-type", "unit_test", **SETTINGS)


def ask(home: Path, query: str) -> list[tuple[str, ...]]:
    """Rows as the CSV files write them: numbers without superfluous noughts, nothing for NULL."""
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        rows = connection.execute(query).fetchall()
    return [
        tuple("" if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in row) for row in rows
    ]


def expected(path: Path) -> list[tuple[str, ...]]:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    return [tuple(row.get(name, "") for name in header) for row in read_csv(path)]


def test_the_platforms_build_and_pass_every_data_test(warehouse):
    report = warehouse[1]
    assert report.returncode == 0, report.stdout[-4000:]
    assert "ERROR=0 SKIP=0" in report.stdout


@pytest.mark.parametrize("scenario", TOLD)
def test_health_is_that_worked_out_by_hand(warehouse, scenario):
    by_hand = expected(SCENARIOS / scenario / "expected_health.csv")
    told = {row[:3] for row in by_hand}
    assert len(told) == len(by_hand) > 0
    said = [row for row in ask(warehouse[0], HEALTH) if row[:3] in told]
    assert sorted(said) == sorted(by_hand)


def test_every_band_and_outcome_is_in_some_scenario():
    rows = [row for name in TOLD for row in read_csv(SCENARIOS / name / "expected_health.csv")]
    assert {row["band"] for row in rows} == {"red", "amber", "green", "unknown"}
    outcomes = {(row.get("product_lapsed"), row.get("customer_lapsed")) for row in rows}
    assert outcomes == {("yes", "yes"), ("yes", "no"), ("no", "no"), (None, None)}


def test_schools_that_use_platforms_together_are_those_worked_out_by_hand(warehouse):
    assert sorted(ask(warehouse[0], CROSS_PLATFORM)) == expected(SCENARIOS / "expected_cross_platform.csv")


def test_customer_health_is_the_last_complete_month_of_the_history(warehouse):
    rows = "SELECT school_key, product_key, month, risk_reasons FROM customer_insight."
    now = ask(warehouse[0], f"{rows}customer_health")
    then = ask(warehouse[0], f"{rows}fct_customer_health_monthly WHERE month = '2025-11-01'")
    assert sorted(now) == sorted(then)
    assert len(now) > 4


def test_the_back_test_counts_what_the_history_says(warehouse):
    """By product, over every month: rows by band, and how many of them lapsed."""
    history = ask(
        warehouse[0],
        "SELECT risk_band, is_product_lapsed::int FROM customer_insight.fct_customer_health_monthly "
        "WHERE is_product_lapsed IS NOT NULL",
    )
    counted = Counter(band for band, _ in history), Counter(band for band, lapsed in history if lapsed == "1")
    found = ask(
        warehouse[0],
        "SELECT band, school_months, lapsed FROM customer_insight.health_backtest "
        "WHERE level_compared = 'product' AND months_compared = 'every month' AND band <> 'amber or red'",
    )
    assert {band: (int(rows), int(lapsed)) for band, rows, lapsed in found} == {
        band: (rows, counted[1][band]) for band, rows in counted[0].items()
    }
