"""The marts' suites as they are: they fit the models, good marts pass, planted violations are found."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
import yaml

from expectations import written
from expectations.results import FAIL, WARN, CheckResult
from pipelines.settings import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models" / "marts"
SUITES = sorted(path.stem for path in (written.FOLDER / "marts").glob("*.yml"))
BETWEEN = "expect_column_values_to_be_between"
PERSON = "someone@school.example"
# What an empty mart means, where it stops nothing: no lapse, no points given, no platform of use, no trial.
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
    "core.shared_addresses": None,
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
    ("relation", "change", "expectation", "column", "severity"),
    [
        ("core.dim_dates", "date_day = date '2020-01-01'", "reaches_as_of", None, FAIL),
        ("core.dim_people", "person_key = '1234'", "pseudonyms", "person_key", FAIL),
        ("core.dim_people", "person_key = 'k1:abc'", "pseudonyms", "person_key", FAIL),
        ("core.dim_people", "accounts = 500", BETWEEN, "accounts", WARN),
        ("core.dim_people", "last_seen_at = timestamp '2026-08-02'", "not_in_the_future", None, WARN),
        ("core.shared_addresses", "accounts = 51", BETWEEN, "accounts", WARN),
        ("core.shared_addresses", "person_key = 'k1:abc'", "pseudonyms", "person_key", FAIL),
        ("core.shared_addresses", "is_shared = false", "neither_shared_nor_reused", None, FAIL),
        ("core.dim_schools", "school_key = 'Hill School'", "key_format", None, FAIL),
        ("core.dim_schools", "is_placeholder = true", "share_of_placeholders", None, WARN),
        (
            "core.dim_schools",
            "is_organisation = false",
            "neither_organisation_nor_registered",
            None,
            FAIL,
        ),
        ("core.school_history", "school_key = 'Hill School'", "key_format", None, FAIL),
        ("core.school_history", "valid_to = timestamp '2020-01-01'", "ends_before_it_begins", None, FAIL),
        (
            "customer_insight.school_matches",
            "status = 'perhaps'",
            "expect_column_values_to_be_in_set",
            "status",
            FAIL,
        ),
        ("customer_insight.school_matches", "records = 0", BETWEEN, "records", FAIL),
        ("customer_insight.market_penetration", "market_share = 1.5", BETWEEN, "market_share", FAIL),
        (
            "customer_insight.market_penetration",
            "closed_customers = 4",
            "more_closed_than_customers",
            None,
            FAIL,
        ),
        ("core.dim_products", "is_placeholder = true", "share_of_placeholders", None, WARN),
        ("core.dim_course_runs", "course_run_key = '77'", "key_format", None, FAIL),
        ("core.dim_course_runs", "starts_on = date '1970-01-01'", BETWEEN, "starts_on", WARN),
        ("customer_insight.fct_subscription_terms", "ends_on = date '2999-12-31'", BETWEEN, "ends_on", WARN),
        ("customer_insight.fct_customer_movements", "churn_value = 99", "share_of_value_churned", None, WARN),
        (
            "customer_insight.fct_subscription_movements",
            "opening_value = 9e7",
            BETWEEN,
            "opening_value",
            WARN,
        ),
        (
            "customer_insight.schools_lapsed",
            "lapsed_in_month = date '2026-09-01'",
            "not_in_the_future",
            None,
            FAIL,
        ),
        ("course_activity.course_enrolments", "progress_percent = 101", BETWEEN, "progress_percent", FAIL),
        ("course_activity.course_enrolments", "grade_percent = -1", BETWEEN, "grade_percent", WARN),
        ("course_activity.course_enrolments", "status = 'ended'", "nobody_is_active", None, WARN),
        ("course_activity.course_enrolments", "account_key = '77'", "pseudonyms", "account_key", FAIL),
        ("customer_insight.fct_school_engagement", "seats = 2e5", BETWEEN, "seats", WARN),
        ("customer_insight.fct_school_engagement", "utilisation = 3.5", BETWEEN, "utilisation", WARN),
        (
            "customer_insight.fct_school_engagement",
            "month = date '2026-08-01'",
            "not_in_the_future",
            None,
            FAIL,
        ),
        ("customer_insight.fct_trials", "days_to_convert = 900", BETWEEN, "days_to_convert", WARN),
        (
            "customer_insight.fct_trials",
            "outcome = 'won'",
            "expect_column_values_to_be_in_set",
            "outcome",
            FAIL,
        ),
        ("customer_insight.acquisition_funnel", "trial_conversion = 1.5", BETWEEN, "trial_conversion", FAIL),
        (
            "customer_insight.acquisition_funnel",
            "led_schools = 9",
            "more_led_schools_than_matched_leads",
            None,
            FAIL,
        ),
        ("customer_insight.acquisition_funnel", "cost = -1", BETWEEN, "cost", WARN),
        ("customer_insight.customer_journeys", "products_now = 3", "more_products_now_than_ever", None, FAIL),
        ("customer_insight.customer_journeys", "days_to_paid = 2000", BETWEEN, "days_to_paid", WARN),
        ("customer_insight.expansion_paths", "schools_now = 3", "more_customers_than_schools", None, FAIL),
        (
            "customer_insight.fct_customer_health_monthly",
            "risk_band = 'blue'",
            "expect_column_values_to_be_in_set",
            "risk_band",
            FAIL,
        ),
        ("customer_insight.fct_customer_health_monthly", "days_to_end = 4e3", BETWEEN, "days_to_end", WARN),
        (
            "customer_insight.fct_customer_health_monthly",
            "product_lapsed_in_month = date '2026-09-01'",
            "not_in_the_future",
            None,
            FAIL,
        ),
        (
            "customer_insight.customer_health",
            "month = case when school_key = 'urn:100001' then date '2026-05-01' else month end",
            "more_than_one_month",
            None,
            FAIL,
        ),
        ("customer_insight.health_backtest", "share_lapsed = 1.5", BETWEEN, "share_lapsed", FAIL),
        (
            "customer_insight.health_backtest",
            "share_lapsed = case when band = 'green' then 0.7 else share_lapsed end",
            "green_lapses_more_than_red",
            None,
            WARN,
        ),
        ("customer_insight.cross_platform_use", "platforms_used = 0", BETWEEN, "platforms_used", FAIL),
        (
            "customer_insight.cross_platform_use",
            "learners_on_several_platforms = 10",
            "more_learners_than_there_are",
            None,
            FAIL,
        ),
        ("course_activity.attendance_daily", "new_learners = 5", "cumulative_below_the_day", None, FAIL),
        ("course_activity.attendance_daily", "is_peak_day = false", "no_peak_day", None, FAIL),
        ("course_activity.attendance_daily", "activity_date = '2026-08-02'", "not_in_the_future", None, FAIL),
        ("course_activity.attendance_weekly", "learners = -1", "fewer_than_nobody", None, FAIL),
        (
            "course_activity.attendance_weekly",
            "week_starts_on = date '2026-08-03'",
            "not_in_the_future",
            None,
            FAIL,
        ),
        ("course_activity.leaderboard", "person_key = 'Ada'", "pseudonyms", "person_key", FAIL),
        ("course_activity.leaderboard", "points = 2e6", BETWEEN, "points", WARN),
        ("course_activity.leaderboard", "points_rank = 3", "place_beyond_the_board", None, FAIL),
        (
            "course_activity.leaderboard",
            "period_starts_on = date '2026-08-01'",
            "not_in_the_future",
            None,
            FAIL,
        ),
        ("course_activity.moodle_completions", "progress_percent = -0.5", BETWEEN, "progress_percent", FAIL),
        ("course_activity.moodle_completions", "active_days = -1", BETWEEN, "active_days", WARN),
    ],
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
        (completions, "is_completed = true"), (engagement, "activity_count = 0"), (health, "risk_band = 'red'"),
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
