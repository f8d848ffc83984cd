"""Snapshots by chance: the capstone list is that of plain Python over the same rows, in any order of rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from tests.dbt_project.compiled_models import CompiledModels, compiled
from tests.dbt_project.plain_programmes import Result, Snapshot, eligibility

COURSES = ("Lead1x", "Lead2x", "LeadCapx", "Engy1x", "Engy2x", "EngyCapx", "Other1x")
RUNS = {
    **{f"UniX-{course}-1T2025": f"UniX/{course}/1T2025" for course in COURSES},
    **{f"UniX-{course}-1T2026": f"course-v1:UniX+{course}+1T2026" for course in COURSES},
    "UniX-Lead1x-1T2026-ccx-7": "ccx-v1:UniX+Lead1x+1T2026+ccx@7",
}
MODES = ("audit", "honor", "verified", "verified", "verified", "credit", "professional")
STATUSES = ("downloadable", "downloadable", "downloadable", "generating", "notpassing", "unverified",
            "audit_passing", "honor_passing", "unavailable", "celebrated")  # fmt: skip
ACCOUNTS = 40
Rows = dict[str, list[dict[str, str]]]
QUERY = """
    SELECT programme_id, person_key, courses_passed, courses_needed, is_eligible, eligible_on,
        is_enrolled_in_capstone, is_capstone_paid, qualifies_by_upgrading, why_not_eligible
    FROM course_activity.capstone_eligibility
"""


@pytest.fixture(scope="module")
def programmes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompiledModels]:
    stored = ("int_edx__learners_selected", "int_edx__results_combined", "int_edx__programmes_measured")
    with compiled(
        tmp_path_factory.mktemp("programmes"), {"edx": {}}, stored, "capstone_eligibility",
        WAREHOUSE_PLATFORMS="edx", WAREHOUSE_AS_OF="2026-07-31 06:00:00",
    ) as models:  # fmt: skip
        yield models


def snapshot_of(seed: int) -> tuple[Snapshot, Rows]:
    """A snapshot as plain Python knows it, and its rows in landed form."""
    rng, told = Random(seed), Snapshot()
    rows: Rows = {
        table: []
        for table in (
            "auth_user", "student_courseenrollment", "grades_persistentcoursegrade",
            "certificates_generatedcertificate", "student_courseaccessrole", "snapshots",
        )
    }  # fmt: skip
    days = {run: date(2026, 7, 26) - timedelta(days=rng.randrange(30)) for run in RUNS}
    for run, day in days.items():
        rows["snapshots"].append({"_entity": run, "table_name": "auth_user", "snapshot_date": f"{day}",
                                  "file_key": "unix.zip", "row_count": "1"})  # fmt: skip
    for number in range(ACCOUNTS):
        account, runs = f"k:{number}", rng.sample(sorted(RUNS), rng.randint(1, 9))
        _enter_account(rng, told, rows, account, runs, days)
        for run in runs:
            told.results.append(_enter_result(rng, rows, account, run))
            if rng.random() < 0.05:
                told.team.add((account, run))
                rows["student_courseaccessrole"].append(
                    {"_entity": run, "user_id": account, "role": "beta_testers", "org": "UniX",
                     "course_id": RUNS[run]}
                )  # fmt: skip
    return told, rows


def _enter_account(
    rng: Random, told: Snapshot, rows: Rows, account: str, runs: list[str], days: dict[str, date]
) -> None:
    """Its address and kind change on one day; the newest file tells. Some addresses have two accounts."""
    changes = date(2026, 7, 26) - timedelta(days=rng.randrange(60))
    before, after = f"mail-{rng.randrange(30)}", f"mail-{rng.randrange(30)}"
    kind = rng.choice(["learner"] * 8 + ["retired", "bot"])
    staff = rng.random() < 0.05
    for run in runs:
        new = days[run] >= changes
        rows["auth_user"].append({
            "_entity": run, "id": account, "email": after if new else before,
            "account_kind": kind if new else "learner", "email_domain_class": "education",
            "is_staff": "true" if staff and new else "false", "is_superuser": "false", "is_active": "true",
        })  # fmt: skip
    if max(days[run] for run in runs) < changes:
        told.people[account] = before
    elif kind == "learner" and not staff:
        told.people[account] = after


def _enter_result(rng: Random, rows: Rows, account: str, run: str) -> Result:
    """Any of the three tables may lack the learner; at least one has a row."""
    told = [rng.random() < share for share in (0.95, 0.8, 0.8)]
    told[0] = told[0] or not any(told)
    place = {"_entity": run, "user_id": account, "course_id": RUNS[run]}
    number, enrolment, grade, certificate = str(len(rows["student_courseenrollment"])), None, None, None
    mode, passed = rng.choice(MODES), date(2026, 1, 1) + timedelta(days=rng.randrange(200))
    if told[0]:
        enrolment = (mode, rng.random() < 0.8)
        rows["student_courseenrollment"].append(
            place | {"id": number, "created": "2025-12-01", "mode": mode, "is_active": str(enrolment[1])}
        )
    if told[1]:
        share, letter = rng.randrange(40, 100) / 100, rng.choice(["Pass", "Pass", "Pass", "", None])
        grade = (share, letter, passed if letter or rng.random() < 0.2 else None)
        moment = None if grade[2] is None else f"{grade[2]} 23:59:59"
        optional = {"letter_grade": letter, "passed_timestamp": moment}
        rows["grades_persistentcoursegrade"].append(
            place | {"percent_grade": f"{share}"} | {k: v for k, v in optional.items() if v is not None}
        )
    if told[2]:
        mode = mode if rng.random() < 0.8 else rng.choice(MODES)
        certificate = (rng.choice(STATUSES), mode, passed + timedelta(days=rng.randrange(20)))
        rows["certificates_generatedcertificate"].append(
            place | {"id": str(len(rows["certificates_generatedcertificate"])), "status": certificate[0],
                     "mode": mode, "created_date": f"{certificate[2]}", "modified_date": f"{certificate[2]}"}
        )  # fmt: skip
    return Result(account, run, "+".join(run.split("-")[:2]), enrolment, grade, certificate)


def said(models: CompiledModels, rows: Rows) -> dict[tuple[str, str], tuple[object, ...]]:
    models.build("edx", rows)
    return {row[:2]: row[2:] for row in models.rows(QUERY)}


def test_the_capstone_list_is_that_of_plain_python(programmes, long_counts):
    eligible = upgrades = refused = 0
    for seed in range(300 if long_counts else 25):
        snapshot, rows = snapshot_of(seed)
        by_hand = eligibility(snapshot)
        assert said(programmes, rows) == by_hand, f"seed {seed}"
        eligible += sum(verdict[2] for verdict in by_hand.values())
        upgrades += sum(verdict[6] for verdict in by_hand.values())
        refused += sum(not verdict[2] for verdict in by_hand.values())
    assert min(eligible, upgrades, refused) >= 25, "chance left a verdict out"


def test_the_order_of_rows_does_not_matter(programmes):
    _, rows = snapshot_of(7)
    first = said(programmes, rows)
    assert first
    assert said(programmes, {table: lines[::-1] for table, lines in rows.items()}) == first
