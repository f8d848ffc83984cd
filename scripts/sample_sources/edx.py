"""Writes the sample's edX organisation UniX: three weekly packages, one of opt-ins, logs; all encrypted.

Six course runs in two programmes, each with a capstone; 250 learners a scale, of whom some may take the
capstone, lack a course, passed in audit mode or are in the capstone; staff, testers, edX's own worker. The
same scale gives the same plain files; the encrypted ones differ each time they are made, so they are kept
while nothing changed.

Deliberate dirt, the same few rows at every scale; `edx_expected` counts what a run must make of it:
- members: a table that failed, an unknown one, two of edge.edx.org, course archives nobody reads, a file of
  no bytes, files of a header only, a course (ended) that is not in the last package, a CCX of another;
- rows: too wide, too narrow, impossible dates, a cohort called NULL (quarantined); two rows twice
  (filtered); a role that goes, an enrolment that goes and comes back, a block that was taken out of the
  course;
- headers: an old name, missing columns, more of them, one nobody declared, another order;
- texts: formulas, words for nothing, TAB, LF, CR (escaped and bare), backslashes, U+0085, U+2028, emoji,
  mojibake, NUL, bytes that are not UTF-8, half a surrogate pair, a state of 140,000 characters, one that is
  not JSON, states with raw TAB and LF, a file quoted as in RFC 4180;
- people: two retired, one of them before the last package only; an address that changed; both still as
  before in the file of the course that is absent; an enrolment of nobody; a course id in small letters;
- results: a certificate that is unavailable without a grade, one being made, a pass that a regrade took
  back;
- tracking logs: lines of 60 days (`edx_logs`), which `edx_logs_expected` counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from random import Random

from scripts.sample_sources.edx_community import POST, community_tables, forum_file
from scripts.sample_sources.edx_courses import ORGANISATION, RUNS, Run, structure_file
from scripts.sample_sources.edx_dirt import WEEKS, Package, spoil_opt_in, spoil_tables
from scripts.sample_sources.edx_dirt_files import spoil_files
from scripts.sample_sources.edx_enrolments import Enrolment, enrol, with_changes
from scripts.sample_sources.edx_essays import ESSAY, essay_tables
from scripts.sample_sources.edx_keys import MISSING, GpgRefused, gpg_is_there
from scripts.sample_sources.edx_logs import plain_logs, write_logs
from scripts.sample_sources.edx_packages import Members, member_name, package_name, write_packages
from scripts.sample_sources.edx_people import (
    BIO,
    GOAL,
    STREET,
    Account,
    invent_accounts,
    language_table,
    map_table,
    profile_table,
    user_table,
)
from scripts.sample_sources.edx_progress import (
    anonymous_table,
    certificate_table,
    enrolment_table,
    grade_table,
    role_table,
    state_table,
    subsection_table,
)
from scripts.sample_sources.edx_writer import Table, opt_in_file, sql_file, studentmodule_file

OPT_IN_COLUMNS = (
    "user_id", "username", "email", "full_name", "course_id", "is_opted_in_for_email",
    "preference_set_datetime",
)  # fmt: skip
# What stands in columns that must never land, so that a test can look for it in the warehouse.
NEVER_LANDS = (STREET, GOAL, BIO, ESSAY, POST)
# Tables of one run, by task; `ora/` before the task where the file is in that folder.
Tables = dict[str, Table]


def write_edx(folder: Path, scale: int, shared: Sequence[str]) -> str | None:
    """Writes `folder`: `key.asc` (0600, kept), two manifests, and `course-data/` with packages and logs.

    `shared` are addresses of other platforms' people; the first ones learn here too. Returns None, or one
    sentence that says why there is nothing to read.
    """
    if not gpg_is_there():
        return MISSING
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_packages(folder / "course-data", folder / "key.asc", plain_packages(scale, shared))
        write_logs(folder / "course-data", folder / "key.asc", plain_logs(told(scale, shared), scale))
    except GpgRefused as refused:
        return str(refused)
    return None


def plain_packages(scale: int, shared: Sequence[str]) -> dict[str, Members]:
    """All packages by name below `course-data`: their members' paths, without `.gpg`, and plain bytes."""
    enrolments = told(scale, shared)
    packages = {f"{package_name(day)}.zip": weekly_members(enrolments, day) for day in WEEKS}
    name = f"email-opt-in/email-opt-in-{package_name(WEEKS[-1])}.zip"
    member = member_name(ORGANISATION, "email_opt_in", "csv")
    return packages | {name: {member: _opt_in(enrolments, WEEKS[-1])}}


def told(scale: int, shared: Sequence[str]) -> list[Enrolment]:
    """Every enrolment of the story with its account, in order of time."""
    rng = Random(f"edx {scale}")
    return with_changes(enrol(rng, scale, invent_accounts(rng, scale, shared)), snapshot_of(WEEKS[-1]))


def snapshot_of(day: date) -> datetime:
    """The moment of which a day's package is."""
    return datetime.combine(day, time(3))


def weekly_members(enrolments: Sequence[Enrolment], day: date) -> Members:
    """One weekly package's members."""
    now = snapshot_of(day)
    of_run = {run: [one for one in enrolments if one.run is run and one.created <= now] for run in RUNS}
    package = {run.entity: run_tables(run, of_run[run], enrolments, now) for run in RUNS}
    spoil_tables(package, day)
    members = _sql_members(package)
    for run in RUNS:
        members[member_name(run.entity, "course_structure", "json")] = structure_file(run)
        if run.complete:
            members[f"{run.entity}-prod.mongo"] = forum_file(run, of_run[run], now)
    spoil_files(members, day)
    return {f"{package_name(day)}/{name}": content for name, content in members.items()}


def _sql_members(package: Package) -> Members:
    members: Members = {}
    for entity, tables in package.items():
        for task, table in tables.items():
            folder, _, name = task.rpartition("/")
            write = studentmodule_file if task == "courseware_studentmodule" else sql_file
            members[f"{folder}/{member_name(entity, name)}".lstrip("/")] = write(table)
    return members


def run_tables(
    run: Run, of_run: Sequence[Enrolment], everywhere: Sequence[Enrolment], now: datetime
) -> Tables:
    """The `.sql` tables of a run at `now`, clean."""
    accounts = [one.account for one in of_run]
    tables = {
        "auth_user": user_table(accounts, _seen(everywhere, now), now),
        "auth_userprofile": profile_table(accounts, now),
        "user_id_map": map_table(accounts, now),
        "student_courseenrollment": enrolment_table(of_run, now),
        "student_anonymoususerid": anonymous_table(of_run),
        "student_courseaccessrole": role_table(of_run),
        "courseware_studentmodule": state_table(of_run, now),
        "grades_persistentcoursegrade": grade_table(of_run, now),
        "grades_persistentsubsectiongrade": subsection_table(of_run, now),
        "certificates_generatedcertificate": certificate_table(of_run, now),
    }
    if run.complete:
        tables["student_languageproficiency"] = language_table(accounts)
        tables |= community_tables(run, of_run)
        tables |= {f"ora/{task}": table for task, table in essay_tables(run, of_run, now).items()}
    return tables


def _seen(enrolments: Sequence[Enrolment], now: datetime) -> dict[int, datetime]:
    """Last login by account: the last thing done in any run."""
    seen: dict[int, datetime] = {}
    for one in enrolments:
        done = [one.created, *(attempt.moment for attempt in one.attempts)]
        moments = [moment for moment in (*done, seen.get(one.account.id)) if moment and moment <= now]
        if moments:
            seen[one.account.id] = max(moments)
    return seen


def _opt_in(enrolments: Sequence[Enrolment], day: date) -> bytes:
    """One row an enrolment; without a stored preference True and edX's fixed time."""
    now, table = snapshot_of(day), Table(OPT_IN_COLUMNS)
    for one in (enrolment for enrolment in enrolments if enrolment.created <= now):
        account: Account = one.account.as_of(now)
        stored = account.id % 3 > 0
        moment = f"{one.created}+00:00" if stored else "2014-12-01 00:00:00"
        table.add(account.id, account.username, account.email, account.name, one.run.course_id,
                  account.id % 3 != 1, moment)  # fmt: skip
    spoil_opt_in(table)
    return opt_in_file(table)
