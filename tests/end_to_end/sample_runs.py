"""The runs of the sample that tests share, made when first asked for, once a test process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tests.end_to_end.homes import Home, Said

# What platforms do to rows between two runs; each kind in a table with a cursor and in one without.
CHANGES = {
    "subscriptions": (
        # a changed row, a new row, a deleted row
        "update plans set name = name || ' (new)', updated_at = :now where id = 2",
        "update organisations set region = 'Wales', updated_at = :now where id in (20, 21)",
        "insert into leads (id, organisation_id, channel, campaign, status, created_at, updated_at) "
        "values (900001, 3, 'referral', null, 'open', '2026-05-04 10:00:00', :now)",
        "delete from invoices where id in (select max(id) from invoices)",
        "update subscriptions set seats = 4, annual_value = 44.5, updated_at = :now where id = 40",
    ),
    "moodle": (
        # rows move to another day, a day is emptied, rows come late with an old day
        "update mdl_course_modules_completion set timemodified = :epoch, completionstate = 1 where id in (3, 4)",
        "delete from mdl_logstore_standard_log where id in (select id from mdl_logstore_standard_log "
        "where timecreated / 86400 = (select max(timecreated) / 86400 from mdl_logstore_standard_log))",
        "insert into mdl_logstore_standard_log (id, eventname, component, action, target, crud, edulevel, contextid, "
        "contextlevel, contextinstanceid, userid, courseid, anonymous, timecreated) "
        "select (select max(id) from mdl_logstore_standard_log) + id, eventname, component, action, target, crud, "
        "edulevel, contextid, contextlevel, contextinstanceid, userid, courseid, anonymous, timecreated - 86400 * 30 "
        "from mdl_logstore_standard_log where id between 2000 and 2040",
        "update mdl_grade_grades set finalgrade = 1.5, overridden = :epoch where id = 11",
        "update mdl_user set lastaccess = :epoch where id = 30",
        "delete from mdl_user_enrolments where id = 25",
        "update mdl_quiz_attempts set timestart = timestart - 86400 * 3, timemodified = :epoch where id = 12",
    ),
}


@cache
def fresh_sample(base: Path) -> Home:
    return Home.sample(base / "sample")


@cache
def first_run(base: Path) -> tuple[Home, Said]:
    home = fresh_sample(base).copy(base / "first")
    return home, home.command("run")


@cache
def changed_run(base: Path) -> tuple[Home, Said]:
    home = changed_home(base, base / "changed")
    return home, home.command("run")


def changed_home(base: Path, folder: Path) -> Home:
    """A copy of the first run's home whose sources have changed since; deletes are looked for in every run."""
    home = first_run(base)[0].copy(folder)
    home.settings["WAREHOUSE_SWEEP"] = "always"
    for platform, statements in CHANGES.items():
        home.change(platform, *statements)
    return home
