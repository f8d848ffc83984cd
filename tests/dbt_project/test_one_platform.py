"""A deployment builds what its platforms have: one alone or any set.

subscriptions alone are built by `test_scenarios`, edx alone by `test_edx_scenarios`.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.dbt_project.conftest import PLATFORMS, relations_of
from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse

ALL_SETS = [chosen for size in (2, 3, 4, 5) for chosen in combinations(PLATFORMS, size)]
# Each has a mart that neither of the two has alone, or that reads only one of them.
TELLING_SETS = [
    ("subscriptions", "classroom"), ("subscriptions", "bookshelf"), ("moodle", "classroom"),
    ("bookshelf", "edx"), ("subscriptions", "reading"),
]  # fmt: skip
# A row that makes a person of each platform that has people.
ACCOUNTS = {
    "moodle": {"mdl_user": [{"id": "k:1", "deleted": "0", "email": "k:mail", "account_kind": "learner"}]},
    "classroom": {"users": [{"id": "k:1", "role": "student", "status": "active", "account_kind": "learner"}]},
    "bookshelf": {"Accounts": [{"AccountId": "k:1", "AccountType": "learner", "AccountKind": "learner"}]},
    "reading": {
        "reading_progress": [{
            "_file_key": "f", "_offset": "0", "_change": "put", "_written_micros": "1", "user_id": "k:1",
            "reading_id": "b1", "reader_role": "learner", "account_kind": "learner",
        }],
    },
    "drops": {},
}  # fmt: skip
ACTIVITY = [{"moodle"}, {"classroom"}, {"bookshelf"}, {"reading"}, {"edx"}]
ALWAYS = {"dim_dates", "dim_people"}
# mart → one of these sets of platforms must be there for it
NEEDS = {
    "dim_schools": [{"subscriptions"}],
    "school_history": [{"subscriptions"}],
    "school_matches": [{"subscriptions"}],
    "fct_subscription_terms": [{"subscriptions"}],
    "fct_value_events": [{"subscriptions"}],
    "fct_retention_cohorts": [{"subscriptions"}],
    "fct_trials": [{"subscriptions"}],
    "customer_health": [{"subscriptions"}],
    "market_penetration": [{"subscriptions"}],
    "cross_platform_use": [{"subscriptions", "classroom"}, {"subscriptions", "bookshelf"}],
    "fct_school_engagement": [{"subscriptions", "classroom"}, {"subscriptions", "bookshelf"}],
    "dim_course_runs": [{"moodle"}, {"classroom"}, {"edx"}],
    "course_enrolments": [{"moodle"}, {"classroom"}, {"edx"}],
    "fct_enrolments_daily": [{"moodle"}, {"classroom"}, {"edx"}],
    "enrolment_differences": [{"edx"}],
    "dim_programmes": [{"edx"}],
    "learner_grades": [{"edx"}],
    "certificates": [{"edx"}],
    "programme_progress": [{"edx"}],
    "capstone_eligibility": [{"edx"}],
    "fct_video_views": [{"edx"}],
    "video_segments": [{"edx"}],
    "fct_problem_attempts": [{"edx"}, {"moodle"}],
    "problem_answers": [{"edx"}],
    "problem_grades": [{"edx"}],
    "problem_tags": [{"edx"}],
    "sequence_opens": [{"edx"}],
    "moodle_completions": [{"moodle"}],
    "leaderboard": [{"classroom"}],
    "attendance_daily": [{"moodle"}, {"classroom"}, {"bookshelf"}, {"reading"}],
    "fct_course_activity_daily": ACTIVITY,
    "fct_course_activity_weekly": ACTIVITY,
    "fct_sessions": ACTIVITY,
    "fct_time_on_task": ACTIVITY,
    "fct_forum_posts": [{"moodle"}, {"edx"}],
    "passed_in_wrong_mode": [{"edx"}],
    "learning_feedback": [{"moodle"}, {"classroom"}, {"edx"}],
}


def marts_with(platforms: set[str]) -> set[str]:
    return ALWAYS | {mart for mart, needs in NEEDS.items() if any(need <= platforms for need in needs)}


@pytest.mark.parametrize("platform", ACCOUNTS)
def test_one_platform_alone_builds_its_marts_and_passes_every_test(tmp_path, platform):
    stand_in_warehouse(tmp_path, {platform: ACCOUNTS[platform]})
    report = dbt(tmp_path, "build", WAREHOUSE_PLATFORMS=platform, WAREHOUSE_AS_OF="2026-07-31 06:00:00")
    assert report.returncode == 0, report.stdout[-4000:]
    assert_its_marts(tmp_path, platform)


def assert_its_marts(home: Path, platform: str) -> None:
    """The warehouse below `home`, built with this platform alone, has the marts of the platform and no others."""
    built = relations_of(home / "warehouse.duckdb")
    tables = {table for schema in ("core", "course_activity") for table in built.get(schema, {})}
    assert tables & (ALWAYS | set(NEEDS)) == marts_with({platform})
    assert "customer_insight" not in built


def test_any_set_of_platforms_makes_a_whole_project(tmp_path, long_counts):
    """Every model that is switched on finds all it reads; dbt refuses the project otherwise."""
    selected = ("ls", "--quiet", "--resource-type", "model", "--output", "name", "--select", "marts")
    for platforms in ALL_SETS if long_counts else TELLING_SETS:
        report = dbt(tmp_path, *selected, WAREHOUSE_PLATFORMS=",".join(platforms))
        assert report.returncode == 0, report.stdout[-4000:]
        assert set(report.stdout.split()) & (ALWAYS | set(NEEDS)) == marts_with(set(platforms)), platforms
