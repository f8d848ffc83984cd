"""What schools and classes did comes out as worked out by hand in `use_scenarios/`; see its README.md.

All scenarios are built by one dbt run, on a warehouse with three platforms.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse
from tests.dbt_project.worked_out import (
    Rows,
    asked,
    assert_same,
    assert_sound,
    expected,
    files_of,
    names_in,
    said,
    told,
)

SCENARIOS = Path(__file__).parent / "use_scenarios"
SETTINGS = {
    "WAREHOUSE_PLATFORMS": "subscriptions,classroom,bookshelf", "WAREHOUSE_AS_OF": "2024-03-10 00:00:00",
}  # fmt: skip
# platform → file of a scenario → landed table
FILES = {
    "subscriptions": {
        name: name for name in ("products", "plans", "organisations", "subscriptions", "subscription_changes")
    },
    "classroom": {
        name: name
        for name in ("users", "classes", "class_members", "lessons", "logins", "scores", "points", "progress")
    },
    "bookshelf": {"accounts": "Accounts", "reading_sessions": "ReadingSessions"},
}
PERSON = "replace(person_key, 'account:classroom:main:', '')"
# expected file → query of the same columns
FOUND = {
    "expected_engagement": """
        SELECT s.school_name, p.product_code, strftime(e.month, '%Y-%m'),
            e.is_measured, e.seats, e.active_learners, e.active_teachers,
            round(e.utilisation, 9), e.activity_count, e.last_active_on
        FROM customer_insight.fct_school_engagement e
        JOIN core.dim_schools s ON s.school_key = e.school_key
        JOIN core.dim_products p ON p.product_key = e.product_key
    """,
    "expected_enrolments": """
        SELECT r.short_name, e.account_key, e.status, round(e.grade_percent, 9), round(e.progress_percent, 9),
            e.is_completed, e.last_active_at
        FROM course_activity.course_enrolments e
        JOIN core.dim_course_runs r ON r.course_run_key = e.course_run_key
    """,
    "expected_leaderboard": f"""
        SELECT r.short_name, b.period, b.period_starts_on, {PERSON}, b.points, b.points_rank, b.learners
        FROM course_activity.leaderboard b JOIN core.dim_course_runs r ON r.course_run_key = b.course_run_key
    """,
    "expected_attendance": """
        SELECT platform, activity_date, learners, new_learners, cumulative_learners,
            is_peak_day
        FROM course_activity.attendance_daily WHERE learners > 0
    """,
}
OF_SCENARIOS = [
    (name, what)
    for name in names_in(SCENARIOS)
    for what in FOUND
    if (SCENARIOS / name / f"{what}.csv").exists()
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("use")
    stand_in_warehouse(home, told(SCENARIOS, FILES))
    return home, dbt(home, "build", "--exclude-resource-type", "unit_test", **SETTINGS)


def test_the_platforms_build_and_pass_every_data_test(warehouse):
    assert_sound(warehouse[1])


def test_the_unit_tests_that_need_two_platforms_pass(warehouse):
    """The others are run where one platform is built alone."""
    models = ("int_engagement__school_months", "fct_school_engagement", "cross_platform_use")
    report = dbt(warehouse[0], "test", "--resource-type", "unit_test", "--select", *models, **SETTINGS)
    assert report.returncode == 0, report.stdout[-4000:]
    assert "PASS=3 WARN=0 ERROR=0 SKIP=0" in report.stdout


@pytest.mark.parametrize(("scenario", "what"), OF_SCENARIOS)
def test_the_marts_say_what_was_worked_out_by_hand(warehouse, scenario, what):
    by_hand = expected([SCENARIOS / scenario / f"{what}.csv"])
    assert by_hand
    named = {row[0] for row in by_hand}
    found = said(warehouse[0], FOUND[what])
    assert_same(Rows({row: count for row, count in found.items() if row[0] in named}), by_hand)


@pytest.mark.parametrize("what", FOUND)
def test_nothing_else_is_in_the_marts(warehouse, what):
    assert_same(said(warehouse[0], FOUND[what]), expected(files_of(SCENARIOS, what)))


def test_days_without_a_learner_are_there_up_to_as_of(warehouse):
    query = """
        SELECT platform, count(*), min(activity_date)::text, max(activity_date)::text
        FROM course_activity.attendance_daily GROUP BY platform ORDER BY platform
    """
    assert asked(warehouse[0], query) == [
        ("bookshelf", 62, "2024-01-09", "2024-03-10"),
        ("classroom", 252, "2023-07-03", "2024-03-10"),
    ]


def test_one_address_on_two_platforms_is_one_person(warehouse):
    query = """
        SELECT accounts, platforms, is_learner, is_teacher, is_staff FROM core.dim_people
        WHERE person_key = 'mail-of-ann'
    """
    assert asked(warehouse[0], query) == [(2, 2, True, False, False)]
