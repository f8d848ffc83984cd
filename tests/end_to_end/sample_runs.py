"""The runs of the sample that tests share, made when first asked for, once a test process."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

from pipelines.sources.config import CONFIG_FOLDER
from tests.end_to_end.homes import Home, Said

# Where a run can be killed, by phase. Shared runs count the calls, so that a kill can be drawn among them.
KILL_POINTS = {
    "extract": (
        "pipelines.landing.stage:stage_table",
        "pipelines.landing.classify:Classifier.classify",
        "pipelines.landing.compare:Comparison.write_changes",
    ),
    "between extract and commit": (
        "pipelines.landing.ledger:open_landings",
        "pipelines.landing.load:Package.commit",
        "dlt.pipeline.pipeline:Pipeline.normalize",
    ),
    "during dlt's load": ("dlt.destinations.impl.duckdb.sql_client:DuckDbSqlClient.execute_query",),
    "between commit and ledger close": (
        "pipelines.landing.ledger:recount",
        "pipelines.landing.touched:record_touched",
        "pipelines.landing.ledger:close_landing",
    ),
    "publish": (
        "pipelines.runner.check:store",
        "pipelines.runner.transform:_read",
        "pipelines.runner.publish.duckdb:_copy",
        "pipelines.runner.publish.duckdb:_about",
        "pipelines.runner.publish.duckdb:_settle_on_disk",
    ),
}
LANDING = tuple(KILL_POINTS)[:4]

# What platforms do to rows between two runs: some change, come, go, move to another day, come late for an
# old day, stand twice under one key, the newer version to win; and days are emptied, by moves and by deletes.
CHANGES = {
    "subscriptions": """
        update plans set name = name || ' (new)', updated_at = :now where id = 2;
        update organisations set region = 'Wales', updated_at = :now where id in (20, 21);
        insert into leads (id, organisation_id, channel, status, created_at, updated_at)
        values (900001, 3, 'referral', 'open', '2026-05-04 10:00:00', :now);
        delete from invoices where id in (select max(id) from invoices);
        update subscriptions set seats = 30, updated_at = :now where seats = 'thirty';
        update subscriptions set seats = 4, annual_value = 44.5, updated_at = :now where id = 40;
        insert into organisations select * from organisations where id = 22;
        update organisations set region = 'North West', updated_at = :now
        where rowid = (select max(rowid) from organisations);
        update subscriptions set ends_on = '2026-05-31', updated_at = :now where id = 51;
        delete from subscription_changes where id = (select min(id) from subscription_changes);
        delete from subscriptions where id = 60;
    """,
    "moodle": """
        update mdl_course_modules_completion set timemodified = :epoch, completionstate = 1
        where id in (3, 4);
        update mdl_logstore_standard_log set timecreated = timecreated - 86400 * 2
        where timecreated / 86400 = (select max(timecreated) / 86400 from mdl_logstore_standard_log);
        insert into mdl_logstore_standard_log (
            id, eventname, component, action, target, crud, edulevel, contextid, contextlevel,
            contextinstanceid, userid, courseid, anonymous, timecreated
        )
        select
            (select max(id) from mdl_logstore_standard_log) + id, eventname, component, action, target, crud,
            edulevel, contextid, contextlevel, contextinstanceid, userid, courseid, anonymous,
            timecreated - 86400 * 30
        from mdl_logstore_standard_log where id between 2000 and 2040;
        update mdl_grade_grades set finalgrade = 1.5, overridden = :epoch where id = 11;
        update mdl_user set lastaccess = :epoch where id = 30;
        delete from mdl_user_enrolments where id = 25;
        update mdl_quiz_attempts set timestart = timestart - 86400 * 3, timemodified = :epoch where id = 12;
        update mdl_logstore_standard_log
        set timecreated = (select max(timecreated) + 86400 * 2 from mdl_logstore_standard_log)
        where id in (select max(id) from mdl_logstore_standard_log);
        delete from mdl_logstore_standard_log
        where timecreated / 86400 in (
            select timecreated / 86400 from mdl_logstore_standard_log where id = 5000
        );
        update mdl_grade_grades set finalgrade = 9.25 where id in (12, 13);
        insert into mdl_user_enrolments (
            id, status, enrolid, userid, timestart, timeend, timecreated, timemodified
        )
        select 800001, 0, enrolid, 31, 0, 0, :epoch, :epoch from mdl_user_enrolments where id = 26;
    """,
    "classroom": """
        update users set status = 'disabled', updated_at = :now where id = 40;
        update classes set subject = 'Music', updated_at = :now where id in (20, 21);
        update scores set score = '9.50', updated_at = :now where score = 'A*';
        update scores set submitted_at = datetime(submitted_at, '-3 days'), updated_at = :now where id = 300;
        insert into logins (id, user_id, logged_in_at, device)
        select (select max(id) from logins) + id, user_id, datetime(logged_in_at, '-30 days'), device
        from logins where id between 2000 and 2040;
        insert into points (id, user_id, class_id, points, reason, awarded_at)
        select (select max(id) from points) + 1, user_id, class_id, -points, 'taken_back', :now
        from points where id = 500;
        delete from progress
        where date(last_activity_at) = (select max(date(last_activity_at)) from progress);
        delete from class_members where id = 25;
    """,
    "bookshelf": """
        update Accounts set IsActive = 0, UpdatedAt = :now where AccountId = 30;
        update ReadingSessions set PagesRead = 12, UpdatedAt = :now where PagesRead = '12 pages';
        update ReadingSessions set StartedAt = datetime(StartedAt, '-2 days'), UpdatedAt = :now
        where rowid = 100;
        delete from ReadingSessions
        where date(StartedAt) = (select max(date(StartedAt)) from ReadingSessions);
        delete from Activations where ActivationId = 12;
    """,
}


@cache
def fresh_sample(base: Path) -> Home:
    return Home.sample(base / "sample")


@cache
def first_run(base: Path) -> tuple[Home, Said]:
    home = fresh_sample(base).copy(base / "first")
    return home, home.launch(counted(home), "run")


@cache
def changed_run(base: Path) -> tuple[Home, Said]:
    home = changed_home(base, base / "changed")
    return home, home.launch(counted(home), "run")


def changed_home(base: Path, folder: Path) -> Home:
    """A copy of the first run's home whose sources have changed since; deletes are looked for in every run,
    those of Moodle's log, too.

    Every copy changes at the same second, so that copies can be compared byte by byte.
    """
    home = first_run(base)[0].copy(folder)
    ended = home.value("select max(finished_at) from ops.runs").replace(microsecond=0)
    home.settings["WAREHOUSE_SWEEP"] = "always"
    home.plan = following_deletes(folder / "configs")
    for platform, script in CHANGES.items():
        home.change(platform, script, moment=ended)
    return home


def following_deletes(folder: Path) -> dict[str, str]:
    """Source configs that follow deletes in the log too, whose days an incremental model is built by.

    A real site purges its log, so the project's config does not.
    """
    shutil.copytree(CONFIG_FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "replica", "__pycache__"))
    config = folder / "moodle.yml"
    said = config.read_text(encoding="utf-8")
    assert "sweep_every_days: 0" in said
    config.write_text(said.replace("sweep_every_days: 0", "sweep_every_days: 1"), encoding="utf-8")
    return {"configs": str(folder)}


def counted(home: Home) -> dict[str, object]:
    """The plan of a run that nothing goes wrong in, see launcher.py."""
    functions = [function for phase in KILL_POINTS.values() for function in phase]
    return {"count": {"functions": functions, "into": str(home.folder / "calls.json")}}


def calls_of(home: Home) -> dict[str, int]:
    """How often each of KILL_POINTS was called in a shared run."""
    calls: dict[str, int] = json.loads((home.folder / "calls.json").read_text(encoding="utf-8"))
    return calls
