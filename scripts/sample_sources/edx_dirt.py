"""The deliberate dirt in tables of the sample's edX organisation; `edx_expected` counts it.

The same few rows in each week and at every scale, but for what changes between weeks on purpose.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from scripts.sample_sources.edx_courses import RUNS
from scripts.sample_sources.edx_writer import Raw, Row, Table

LEAD1, LEAD2, LEAD_CAP, ENGY1, ENGY2, ENGY_CAP = (run.entity for run in RUNS)
CCX = f"{LEAD2}-ccx-12"
WEEKS = (date(2026, 7, 12), date(2026, 7, 19), date(2026, 7, 26))
# Ids that no account and no row of a table has.
NOBODY, NO_ROW = 9_900_001, 9_900_000
FORMULA = "=cmd|' /C calc'!A0"
STRANGE_NAMES = (
    FORMULA, "+1 the best", "@SUM(A1)", "NULL", "None", "null", "Zoë 🦉", "JosÃ© GarcÃ\xada", "Li\u2028Wei",
    "back\\slash \\N", "tab\there", "line\nfeed\r\nand more", "Ann\x0b\x85Marie", "<script>alert(1)</script>",
    "Emoji ??",
)  # fmt: skip
WIDE_STATE = 140_000
# Tables of all runs: entity → task → table.
Package = dict[str, dict[str, Table]]


def spoil_tables(package: Package, day: date) -> None:
    """Puts a week's dirt into its clean tables. The second course of `leadership` bears most."""
    learners = _diligent(package[LEAD2])
    _names(package, learners)
    _profiles(package, learners)
    _texts(package)
    _states(package[LEAD2]["courseware_studentmodule"])
    _results(package)
    _headers(package, day)
    _enrolments(package, day)
    _odd_lines(package, day)
    package[CCX] = _own_course(package[LEAD2], learners[30:33])


def spoil_opt_in(table: Table) -> None:
    """A name of two lines with quotes and a comma, one with a NUL, a formula."""
    names = ('Ann "Nan" Smith,\nthe younger', "a NUL \x00 in it", FORMULA, "Zoë 🦉")
    for row, name in zip(table.dicts, names, strict=False):
        row["full_name"] = name


def _diligent(tables: dict[str, Table]) -> list[int]:
    """Accounts that tried something in a run that ended before the first package: the same every week."""
    return sorted(row["user_id"] for row in tables["grades_persistentcoursegrade"].dicts)


def _rows(package: Package, task: str, **values: Any) -> Iterator[Row]:
    """Rows of a task in every run with these values: an account's row is the same in all files."""
    for tables in package.values():
        for row in tables[task].dicts if task in tables else ():
            if all(row[name] == value for name, value in values.items()):
                yield row


def _names(package: Package, learners: list[int]) -> None:
    """Formulas, words for nothing, control characters, emoji, text read in the wrong encoding."""
    for account, name in zip(learners, STRANGE_NAMES, strict=False):
        for row in _rows(package, "auth_userprofile", user_id=account):
            row["name"] = name
        for row in _rows(package, "auth_user", id=account):
            row["first_name"] = name
        for row in _rows(package, "certificates_generatedcertificate", user_id=account):
            row["name"] = name


def _profiles(package: Package, learners: list[int]) -> None:
    """Years no one was born in, words for nothing, a bare CR, bytes that are not UTF-8, a NUL."""
    changes: tuple[Row, ...] = (
        {"year_of_birth": 1066}, {"year_of_birth": 2150}, {"gender": "None"}, {"gender": "null"},
        {"level_of_education": "p_oth"}, {"city": Raw(b"Z\xfcrich")},
        {"goals": Raw(b"first line\rsecond line")}, {"bio": Raw(b"a NUL \x00 in it")},
        {"mailing_address": "C:\\temp\\new\r\n\tand a tab"},
    )  # fmt: skip
    for account, change in zip(learners[20:], changes, strict=False):
        for row in _rows(package, "auth_userprofile", user_id=account):
            row.update(change)
    # One course's file is quoted as in RFC 4180, so nothing but whole fields may have a quote in it.
    package[ENGY1]["auth_userprofile"].quoted = True


def _texts(package: Package) -> None:
    """Short texts that land, but for a cohort called NULL, which nobody can tell from none: quarantined."""
    cohorts = package[LEAD2]["course_groups_cohortmembership"].dicts
    names = (Raw(b"Gro\xdfe Gruppe"), "Group\u2028two", "Gruppe 🦉", FORMULA, "NULL", "Tab\tGroup \\ 1", "")
    for row, name in zip(cohorts, names, strict=False):
        row["name"] = name
    package[LEAD2]["teams"].dicts[0]["name"] = "Herons 🦩"


def _states(table: Table) -> None:
    """A field beyond 131,072 characters, raw LF and TAB behind a backslash, NULL, half a character, NUL."""
    problems = [row for row in table.dicts if row["module_type"] == "problem"]
    problems[0]["state"] = json.dumps({"student_answers": {"essay_2_1": "heron " * (WIDE_STATE // 6)}})
    problems[1]["state"] = json.dumps({"attempts": 1, "done": True}, indent=1)
    problems[2]["state"] = '{"attempts":\t1}'
    problems[3]["state"] = None
    problems[4]["state"] = json.dumps({"student_answers": {"essay_2_1": "\ud83e \x00 C:\\new \u2028"}})
    problems[5]["state"] = "not JSON {"


def _results(package: Package) -> None:
    """Results that edX has and that none of our eligible learners needs."""
    first, second = (package[run]["certificates_generatedcertificate"] for run in (LEAD1, LEAD2))
    ones, twos = ({row["user_id"]: row for row in table.dicts} for table in (first, second))
    failed = next(
        one
        for account, one in ones.items()
        if one["status"] == "downloadable" and twos.get(account, one)["status"] == "notpassing"
    )
    failed.update(status="unavailable", grade="", verify_uuid="", download_uuid="")
    alone = next(row for row in second.dicts if row["mode"] == "verified" and row["user_id"] not in ones)
    alone["status"] = "generating"
    # Passed once, then a regrade: the time stays, the letter goes.
    audit = next(row["user_id"] for row in first.dicts if row["status"] == "audit_passing")
    package[LEAD1]["grades_persistentcoursegrade"].where(user_id=audit).update(
        percent_grade=6e-05, letter_grade=""
    )


def _headers(package: Package, day: date) -> None:
    """Columns under old names, missing, in another order and one more than anybody declared."""
    for tables in package.values():
        if day == WEEKS[0]:
            profiles, ids = tables["auth_userprofile"], tables["user_id_map"]
            profiles.columns = tuple(name for name in profiles.columns if name != "state")
            ids.rows = [{**row, "id": row["user_id"]} for row in ids.dicts]
            ids.columns = ("hash_id", "id", "username")
    if day == WEEKS[0]:
        _add_column(package[ENGY_CAP]["auth_userprofile"], "allow_certificate", 1, after="goals")
        teams = package[ENGY2]["teams"]
        teams.columns = teams.columns[:-1]
    if day == WEEKS[1]:
        certificates = package[ENGY1]["certificates_generatedcertificate"]
        certificates.columns = certificates.columns[::-1]
    if day == WEEKS[2]:
        _add_column(package[LEAD2]["student_courseenrollment"], "upgrade_deadline", None, after="mode")


def _add_column(table: Table, name: str, value: int | None, after: str) -> None:
    place = table.columns.index(after) + 1
    table.columns = (*table.columns[:place], name, *table.columns[place:])
    table.rows = [{**row, name: value} for row in table.dicts]


def _enrolments(package: Package, day: date) -> None:
    """A row twice, one of nobody, one that goes and comes back, a role that goes for good."""
    # MySQL finds a course's rows in whatever case they were written.
    package[LEAD_CAP]["student_courseenrollment"].dicts[0]["course_id"] = "UniX/leadcapx/2T2026"
    enrolments = package[LEAD2]["student_courseenrollment"]
    enrolments.rows.append(dict(enrolments.dicts[3]))
    orphan = {**enrolments.dicts[0], "id": NO_ROW, "user_id": NOBODY, "mode": "audit"}
    enrolments.rows.append(orphan)
    grades = package[ENGY1]["grades_persistentcoursegrade"]
    grades.rows.append(dict(grades.dicts[5]))
    if day == WEEKS[1]:
        gone = package[ENGY1]["student_courseenrollment"]
        gone.rows.remove(gone.where(is_active=False))
    if day > WEEKS[0]:
        roles = package[ENGY1]["student_courseaccessrole"]
        roles.rows.remove(roles.where(role="beta_testers"))


def _odd_lines(package: Package, day: date) -> None:
    """Lines that are quarantined: too wide, too narrow, dates that no calendar has."""
    wide = package[LEAD2]["auth_userprofile"]
    wide.rows.append(wide.line(_new(wide)) + b"\t\tsurplus")
    wide = package[ENGY1]["student_courseenrollment"]
    wide.rows.append(wide.line(_new(wide)) + b"\tsurplus")
    if day > WEEKS[0]:
        narrow = package[ENGY2]["certificates_generatedcertificate"]
        narrow.rows.append(narrow.line(_new(narrow)).rpartition(b"\t")[0])
    for task, column, moment in (
        ("student_courseenrollment", "created", b"2026-02-30 09:00:00"),
        ("teams", "last_activity_at", b"2026-6-31 21:32:17"),
    ):
        dated = package[ENGY2][task]
        dated.rows.append({**_new(dated), column: Raw(moment)})


def _new(table: Table) -> Row:
    """A row like the table's last under an id of its own."""
    return {
        **table.dicts[-1],
        "id": NO_ROW + 1,
        **({"user_id": NOBODY + 1} if "user_id" in table.columns else {}),
    }


def _own_course(tables: dict[str, Table], accounts: list[int]) -> dict[str, Table]:
    """The files of a CCX: a coach's own run of the course, with a few of its learners."""
    users, enrolments = tables["auth_user"], tables["student_courseenrollment"]
    course_id = "ccx-v1:UniX+Lead2x+1T2026+ccx@12"
    copied = [enrolments.where(user_id=account) for account in accounts]
    return {
        "auth_user": replace(users, rows=[users.where(id=account) for account in accounts]),
        "student_courseenrollment": replace(
            enrolments,
            rows=[
                {**row, "id": NO_ROW + 10 + place, "course_id": course_id} for place, row in enumerate(copied)
            ],
        ),
    }
