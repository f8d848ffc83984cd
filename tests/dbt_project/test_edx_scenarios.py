"""Grades, certificates, programmes, activity, videos and problems of edX come out as worked out in `edx_scenarios/`; see its README.md.

All scenarios are built by one dbt run, on a warehouse with edX alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.dbt_project import edx_activity_lines as activity
from tests.dbt_project import edx_media_lines as media
from tests.dbt_project.landing_stand_in import dbt, read_csv, stand_in_warehouse
from tests.dbt_project.test_one_platform import assert_its_marts
from tests.dbt_project.worked_out import (
    Rows,
    as_text,
    asked,
    assert_same,
    expected,
    files_of,
    names_in,
    rows_of,
    said,
)

SCENARIOS = Path(__file__).parent / "edx_scenarios"
SETTINGS = {"WAREHOUSE_PLATFORMS": "edx", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
RUNS = {row["run"]: row for row in read_csv(SCENARIOS / "runs.csv")}
BOOLEANS = {"yes": "true", "no": "false"}
PERSON = "replace(person_key, 'mail-of-', '')"
ACCOUNT = "replace(m.account_key, 'k:', '')"
RUN = "replace(translate(r.short_name, '+@', '--'), 'UniX-', '')"
OF_RUN = "JOIN core.dim_course_runs r ON r.course_run_key = m.course_run_key"
# expected file → query of the same columns
FOUND = {
    "expected_eligibility": f"""
        SELECT programme_id, {PERSON}, courses_passed, courses_needed, is_eligible, eligible_on,
            is_enrolled_in_capstone, is_capstone_paid, qualifies_by_upgrading, why_not_eligible
        FROM course_activity.capstone_eligibility
    """,
    "expected_progress": f"""
        SELECT programme_id, {PERSON}, courses, courses_needed, courses_enrolled, courses_passed,
            courses_passed_in_wrong_mode, courses_awaiting_certificate, is_capstone_passed, is_completed,
            completed_on, first_enrolled_at
        FROM course_activity.programme_progress
    """,
    "expected_grades": f"""
        SELECT {ACCOUNT}, {RUN}, m.mode, round(m.grade_percent, 6), m.letter_grade, m.is_enrolled,
            m.is_passing, m.has_ever_passed, m.is_passed_unpaid
        FROM course_activity.learner_grades m {OF_RUN}
    """,
    "expected_certificates": f"""
        SELECT {ACCOUNT}, {RUN}, m.certificate_status, m.mode, m.is_earned, m.is_paid, m.earned_at
        FROM course_activity.certificates m {OF_RUN}
    """,
    "expected_enrolments": f"""
        SELECT {ACCOUNT}, {RUN}, m.status, m.mode, round(m.grade_percent, 6), m.is_completed, m.completed_at
        FROM course_activity.course_enrolments m {OF_RUN}
    """,
    "expected_enrolment_dates": f"""
        SELECT {ACCOUNT}, {RUN}, m.status, m.mode, m.mode_since, m.ends_at
        FROM course_activity.course_enrolments m {OF_RUN}
    """,
    # only days on which something differs from the day before
    "expected_daily": f"""
        SELECT {RUN}, m.mode, m.enrolment_date, m.enrolments, m.enrolments_change, m.cumulative_enrolments
        FROM course_activity.fct_enrolments_daily m {OF_RUN}
        QUALIFY (m.enrolments, m.cumulative_enrolments) IS DISTINCT FROM lag(
            (m.enrolments, m.cumulative_enrolments)
        ) OVER (PARTITION BY m.course_run_key, m.mode ORDER BY m.enrolment_date)
    """,
    "expected_differences": f"""
        SELECT {ACCOUNT}, replace(replace(translate(m.course_id, '+/', '--'), 'course-v1:', ''), 'UniX-', ''),
            m.difference, m.account_kind, m.activations, m.deactivations, m.mode_changes
        FROM course_activity.enrolment_differences m
    """,
    "expected_people": f"""
        SELECT {PERSON}, accounts, is_learner, is_staff, is_retired FROM core.dim_people
    """,
    **media.FOUND,
    **activity.FOUND,
}
OF_SCENARIOS = [
    (name, what)
    for name in names_in(SCENARIOS)
    for what in FOUND
    if (SCENARIOS / name / f"{what}.csv").exists()
]


def placed(row: dict[str, str], identifier: str = "user_id") -> dict[str, str]:
    """What every landed row has: instance, file and account."""
    place = {"_instance": row.get("site", "edx"), "_entity": f"UniX-{row['run']}"}
    return place | {identifier: f"k:{row['learner']}"}


def course_id(row: dict[str, str]) -> str:
    return row["spelling"] if "spelling" in row else RUNS[row["run"]]["course_id"]


def numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row | {"id": str(number)} for number, row in enumerate(rows, 1)]


def users() -> list[dict[str, str]]:
    """Those of users.csv; whoever is in none of them has a plain row in each file of an enrolment."""
    told = rows_of(SCENARIOS, "users")
    known = {row["learner"] for row in told}
    others = [row for row in rows_of(SCENARIOS, "enrolments") if row["learner"] not in known]
    return [
        placed(row, "id") | {
            "account_kind": row.get("kind", "learner"), "email_domain_class": "education",
            "email": f"mail-of-{row.get('address', row['learner'])}",
            "is_staff": BOOLEANS[row.get("staff", "no")], "is_superuser": "false", "is_active": "true",
            "date_joined": "2024-01-01", **({"last_login": row["logged_in"]} if "logged_in" in row else {}),
        }
        for row in told + others
    ]  # fmt: skip


def grade(row: dict[str, str]) -> dict[str, str]:
    """An empty letter is an empty text, as edX writes it; NULL is none at all."""
    letter = {} if row.get("letter") == "NULL" else {"letter_grade": row.get("letter", "")}
    passed = {"passed_timestamp": row["first_passed"]} if "first_passed" in row else {}
    return placed(row) | letter | passed | {"course_id": course_id(row), "percent_grade": row["grade"]}


def act(number: int, row: dict[str, str]) -> dict[str, str]:
    """A line of a log, in the file of the day it names."""
    return {
        "_instance": "edx", "_file_key": f"unix-edx-events-2026-{row['file']}.log.gz.gpg",
        "_offset": str(number), "line_hash": str(number), "user_id": f"k:{row['learner']}",
        "time": row["at"], "event_date": row["at"][:10], "event_source": "server", "family": "enrollment",
        "event_type": f"edx.course.enrollment.{row['act']}", "course_id": course_id(row), "mode": row["mode"],
        "payload": "read",
    }  # fmt: skip


def landed() -> dict[str, list[dict[str, str]]]:
    """Table of the contract → rows."""
    roles = rows_of(SCENARIOS, "roles")
    course_ids = {run: row["course_id"] for run, row in RUNS.items()}
    sites = [(site, run) for site in ("edx", "edge") for run in RUNS.values()]
    return {
        "auth_user": users(),
        "student_courseenrollment": numbered([
            placed(row) | {"course_id": course_id(row), "created": row["enrolled"],
                           "is_active": BOOLEANS[row["active"]], "mode": row["mode"]}
            for row in rows_of(SCENARIOS, "enrolments")
        ]),
        "grades_persistentcoursegrade": [grade(row) for row in rows_of(SCENARIOS, "grades")],
        "certificates_generatedcertificate": numbered([
            placed(row) | {"course_id": course_id(row), "status": row["status"], "mode": row["mode"],
                           "created_date": row["made"], "modified_date": row["made"]}
            for row in rows_of(SCENARIOS, "certificates")
        ]),
        "student_courseaccessrole": [
            placed(row) | {"org": "UniX", "role": row["role"],
                           "course_id": "" if row["kind"] == "organisation" else course_id(row)}
            for row in roles if row["kind"] != "forum"
        ],
        "django_comment_client_role_users": [
            placed(row) | {"course_id": course_id(row), "name": row["role"]}
            for row in roles if row["kind"] == "forum"
        ],
        "course_structure": [
            {"_instance": "edx", "_entity": f"UniX-{run['run']}", "block_id": "root", "category": "course",
             "display_name": run["title"], "start": run["starts"],
             **({"end": run["ends"]} if "ends" in run else {})}
            for run in RUNS.values()
        ],
        "snapshots": [
            {"_instance": site, "_entity": f"UniX-{run['run']}", "table_name": table,
             "snapshot_date": run["snapshot"], "file_key": "unix.zip", "row_count": "1"}
            for site, run in sites
            for table in ("auth_user", "student_courseenrollment")
        ] + activity.forum_snapshots(RUNS.values()),
        "forum": activity.posts(rows_of(SCENARIOS, "posts"), course_ids),
        "tracking_events": [
            *(act(number, row) for number, row in enumerate(rows_of(SCENARIOS, "acts"))),
            *media.tracking_events(rows_of(SCENARIOS, "events"), course_ids),
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The one build; gives the folder of the warehouse file and what dbt said."""
    home = tmp_path_factory.mktemp("edx")
    stand_in_warehouse(home, {"edx": landed()})
    report = dbt(home, "build", **SETTINGS)
    yield home, report.stdout


def as_day(value: object) -> str:
    """Of a moment the day alone."""
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else as_text(value)


def found(home: Path, what: str) -> Rows:
    return said(home, FOUND[what], as_day)


def test_edx_alone_builds_and_passes_every_test(warehouse):
    assert "ERROR=0 SKIP=0" in warehouse[1], warehouse[1][-6000:]
    assert_its_marts(warehouse[0], "edx")


@pytest.mark.parametrize(("scenario", "what"), OF_SCENARIOS)
def test_the_marts_say_what_was_worked_out_by_hand(warehouse, scenario, what):
    by_hand = expected([SCENARIOS / scenario / f"{what}.csv"])
    assert by_hand
    named = {row[:2] if what != "expected_people" else row[:1] for row in by_hand}
    of_these = {
        row: count
        for row, count in found(warehouse[0], what).items()
        if any(row[: len(n)] == n for n in named)
    }
    assert_same(Rows(of_these), by_hand)


def test_nobody_else_is_in_a_programme(warehouse):
    what = "expected_eligibility"
    by_hand = expected(files_of(SCENARIOS, what))
    assert {row[:2] for row in found(warehouse[0], what)} == {row[:2] for row in by_hand}


def test_staff_and_retired_accounts_are_on_no_course(warehouse):
    no_learners = {"g_global", "g_worker", "g_tester", "g_everywhere", "g_moderator", "h_gone", "h_tie"}
    for what in ("expected_enrolments", "expected_grades", "expected_certificates"):
        assert not {row[0] for row in found(warehouse[0], what)} & no_learners, what


def test_logs_and_snapshots_disagree_about_nobody_else(warehouse):
    by_hand = expected([SCENARIOS / "enrolment_lost" / "expected_differences.csv"])
    assert found(warehouse[0], "expected_differences") == by_hand


def test_course_runs_are_told_apart_by_organisation_number_and_run(warehouse):
    query = """
        SELECT course_id, course_number, short_name, title, starts_on, ends_at, is_visible
        FROM core.dim_course_runs WHERE course_id LIKE '%Cap%' OR course_id LIKE 'ccx%' ORDER BY course_id
    """
    runs = [tuple(map(as_day, row)) for row in asked(warehouse[0], query)]
    old, ccx, new = "UniX+LeadCapx", "UniX+Lead1x", "UniX+EngyCapx"
    one_school = "Leading people for one school"
    assert runs == [
        ("UniX/LeadCapx/2T2026", old, f"{old}+2T2026", "Leadership capstone", "2026-07-06", "", "yes"),
        (f"ccx-v1:{ccx}+1T2026+ccx@12", ccx, f"{ccx}+1T2026+ccx@12", one_school, "2026-02-02",
         "2026-05-29", "yes"),
        (f"course-v1:{new}+2T2026", new, f"{new}+2T2026", "Energy capstone", "2027-01-04", "", "no"),
    ]  # fmt: skip
