"""The marts' suites as they are: they fit the models, good marts pass, planted violations are found."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import yaml

from expectations import written
from expectations.results import FAIL, WARN, CheckResult
from pipelines.settings import PROJECT_ROOT
from tests.expectations.planted_in_feedback import PLANTED_IN_FEEDBACK
from tests.expectations.planted_violations import BETWEEN, PLANTED

MODELS = PROJECT_ROOT / "dbt_project" / "models" / "marts"
SUITES = sorted(path.stem for path in (written.FOLDER / "marts").glob("*.yml"))
PERSON = "someone@school.example"
# What an empty mart means, where it stops nothing: no lapse, no points given, no platform of use, no trial,
# no certificate, no programme, no difference.
MAY_BE_EMPTY = {
    "customer_insight.schools_lapsed": None,
    "customer_insight.fct_school_engagement": WARN,
    "customer_insight.fct_trials": WARN,
    "customer_insight.acquisition_funnel": WARN,
    "customer_insight.customer_health": WARN,
    "customer_insight.health_backtest": None,
    "customer_insight.cross_platform_use": WARN,
    "course_activity.attendance_daily": WARN,
    "course_activity.attendance_weekly": WARN,
    "course_activity.leaderboard": None,
    "course_activity.fct_course_activity_daily": WARN,
    "course_activity.fct_course_activity_weekly": WARN,
    "course_activity.fct_sessions": WARN,
    "course_activity.fct_time_on_task": WARN,
    "course_activity.fct_forum_posts": None,
    "course_activity.enrolment_differences": None,
    "course_activity.fct_video_views": None,
    "course_activity.video_segments": None,
    "course_activity.fct_problem_attempts": None,
    "course_activity.problem_answers": None,
    "course_activity.problem_tags": None,
    "course_activity.problem_grades": None,
    "course_activity.sequence_opens": None,
    "course_activity.learning_feedback": WARN,
    "course_activity.passed_in_wrong_mode": None,
    "core.shared_addresses": None,
    "core.dim_programmes": WARN,
    "course_activity.learner_grades": WARN,
    "course_activity.certificates": WARN,
    "course_activity.programme_progress": WARN,
    "course_activity.capstone_eligibility": WARN,
    "customer_insight.market_penetration": WARN,
}


def declared_columns() -> dict[str, set[str]]:
    """Columns of every mart, as dbt's yml declares them."""
    files = [(path, yaml.safe_load(path.read_text())) for path in MODELS.rglob("*.yml")]
    return {
        f"{path.relative_to(MODELS).parts[0]}.{model['name']}": {
            column["name"] for column in model.get("columns", [])
        }
        for path, document in files
        for model in document.get("models", [])
    }


def broken(results: list[CheckResult]) -> dict[tuple[str, str, str | None], str]:
    return {(r.relation, r.expectation, r.column): r.severity for r in results if not r.success}


def test_every_mart_has_a_suite_and_every_suite_a_mart():
    assert set(SUITES) == set(declared_columns())


def test_the_test_marts_have_no_column_that_the_models_lack(marts):
    declared = declared_columns()
    for relation in SUITES:
        schema, table = relation.split(".")
        assert set(marts.columns(schema, table)) <= declared[relation], relation


def test_good_marts_pass_every_check(marts, ask):
    results = ask(marts, "marts", SUITES)

    assert broken(results) == {}
    assert {result.relation for result in results} == set(SUITES)


@pytest.mark.parametrize("relation", SUITES)
def test_an_empty_mart_is_told_apart_by_its_severity(marts, ask, relation):
    marts.execute(f"delete from {relation}")

    failed = {r.expectation: r.severity for r in ask(marts, "marts", [relation]) if not r.success}

    assert failed.get("volume") == MAY_BE_EMPTY.get(relation, FAIL)


@pytest.mark.parametrize("relation", SUITES)
def test_an_address_in_any_text_of_a_mart_fails_and_is_not_told(marts, ask, relation):
    schema, table = relation.split(".")
    texts = [
        name
        for name in marts.columns(schema, table)
        if marts.value(f"select typeof({name}) from {relation}") == "VARCHAR"
    ]
    for name in texts:
        marts.execute(f"update {relation} set {name} = '{PERSON}'")

    results = ask(marts, "marts", [relation])

    found = {
        r.column: (r.severity, r.unexpected_count)
        for r in results
        if r.expectation == "no_at_sign" and not r.success
    }
    rows = marts.value(f"select count(*) from {relation}")
    assert found == dict.fromkeys(texts, (FAIL, rows))
    assert PERSON not in json.dumps([asdict(result) for result in results])


@pytest.mark.parametrize(
    ("relation", "change", "expectation", "column", "severity"), [*PLANTED, *PLANTED_IN_FEEDBACK]
)
def test_a_planted_violation_is_found(marts, ask, relation, change, expectation, column, severity):
    marts.execute(f"update {relation} set {change}")

    assert broken(ask(marts, "marts", [relation])) == {(relation, expectation, column): severity}


def test_big_marts_are_checked_for_their_shares(marts, ask):
    """Shares mean nothing in a handful of rows, so these expectations wait for a number of them."""
    people, terms, completions, engagement, health = (
        "core.dim_people", "customer_insight.fct_subscription_terms", "course_activity.moodle_completions",
        "customer_insight.fct_school_engagement", "customer_insight.fct_customer_health_monthly",
    )  # fmt: skip
    changes = (
        (people, "is_staff = true, has_shared_email = true"), (terms, "is_trial = true"),
        (completions, "is_completed = true"), (engagement, "activity_count = 0"),
        (health, "risk_band = 'red'"),
    )  # fmt: skip
    for relation, change in changes:
        marts.execute(f"update {relation} set {change}")
        marts.execute(f"insert into {relation} select r.* from {relation} as r cross join range(60)")

    found = broken(ask(marts, "marts", [people, terms, completions, engagement, health]))

    assert found == {
        (people, "share_of_shared_addresses", None): WARN,
        (people, "share_of_staff_and_machines", None): WARN,
        (terms, "share_of_trials", None): WARN,
        (completions, "share_completed", None): WARN,
        (engagement, "share_used", None): WARN,
        (health, "share_red", None): WARN,
    }


def test_a_register_that_does_not_fit_is_seen(marts, ask):
    history, matches, market = (
        "core.school_history", "customer_insight.school_matches", "customer_insight.market_penetration",
    )  # fmt: skip
    marts.execute(f"update {history} set is_current = false")
    marts.execute(
        f"insert into {history} by name select r.* replace (concat('urn:', n) as school_key) "
        f"from {history} as r cross join range(20) as more(n)"
    )
    marts.execute(f"update {matches} set matched_by = 'urn not in register'")
    marts.execute(f"insert into {matches} select r.* from {matches} as r cross join range(20)")
    marts.execute(
        f"insert into {matches} by name select r.* replace ("
        "'classroom' as platform, 'accounts' as named_in, null as school_key, 60 as records) "
        f"from {matches} as r limit 2"
    )
    marts.execute(f"update {market} set customers = 60 where region = 'not in register'")

    assert broken(ask(marts, "marts", [history, matches, market])) == {
        (history, "share_gone", None): WARN,
        (matches, "share_in_register", None): WARN,
        (matches, "share_of_records_nobody_knows", None): WARN,
        (market, "share_of_customers_not_in_register", None): WARN,
    }


def test_too_many_schools_whose_use_cannot_be_known_are_seen(marts, ask):
    relation = "customer_insight.fct_school_engagement"
    marts.execute(f"update {relation} set is_measured = false")
    marts.execute(f"insert into {relation} select r.* from {relation} as r cross join range(60)")
    assert broken(ask(marts, "marts", [relation])) == {(relation, "share_measured", None): WARN}


def test_many_trials_and_schools_are_checked_for_their_shares(marts, ask):
    changes = (
        ("customer_insight.fct_trials", "outcome = 'unclear', is_converted = false"),
        ("customer_insight.acquisition_funnel", "paid_schools_without_lead = 2"),
        ("customer_insight.customer_journeys", "products_now = 0"),
    )
    for relation, change in changes:
        marts.execute(f"update {relation} set {change}")
        marts.execute(f"insert into {relation} select r.* from {relation} as r cross join range(20)")

    assert broken(ask(marts, "marts", [relation for relation, _ in changes])) == {
        ("customer_insight.fct_trials", "share_of_unclear_outcomes", None): WARN,
        ("customer_insight.fct_trials", "nothing_converted", None): WARN,
        ("customer_insight.acquisition_funnel", "share_without_a_lead", None): WARN,
        ("customer_insight.customer_journeys", "share_of_customers", None): WARN,
    }


def test_many_grades_and_capstones_are_checked_for_their_shares(marts, ask):
    changes = (
        ("course_activity.learner_grades", "is_passing = false"),
        ("course_activity.capstone_eligibility", "is_eligible = false, why_not_eligible = 'A: not taken'"),
    )
    for relation, change in changes:
        marts.execute(f"update {relation} set {change}")
        marts.execute(f"insert into {relation} select r.* from {relation} as r cross join range(60)")

    assert broken(ask(marts, "marts", [relation for relation, _ in changes])) == {
        ("course_activity.learner_grades", "nobody_passes", None): WARN,
        ("course_activity.capstone_eligibility", "share_in_the_capstone_without_being_eligible", None): WARN,
    }


def test_a_missing_mart_and_a_missing_column_are_failed_results(marts, ask):
    marts.execute("alter table core.dim_people drop column accounts")
    marts.execute("drop table core.dim_dates")

    found = broken(ask(marts, "marts", ["core.dim_dates", "core.dim_people"]))

    assert found == {
        ("core.dim_dates", "relation_exists", None): FAIL,
        ("core.dim_people", BETWEEN, "accounts"): WARN,
    }


def test_a_mart_without_a_file_still_must_have_rows_and_no_address(marts, ask):
    marts.execute("create table core.fct_new as select 'x' as note where false")

    assert broken(ask(marts, "marts", ["core.fct_new"])) == {("core.fct_new", "volume", None): FAIL}


def test_views_are_checked_like_tables(marts, ask):
    marts.execute("create view core.told as select concat('a', '@', 'b') as note")

    assert broken(ask(marts, "marts", ["core.told"])) == {("core.told", "no_at_sign", "note"): FAIL}
