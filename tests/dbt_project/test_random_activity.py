"""Acts by chance, landed in any order, split, again and in two files: the marts are those of plain Python, and of a full refresh.

The days a load touched are found by the landing's own code; models are then rebuilt by SQL that dbt compiled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import duckdb
import pytest

from pipelines.contracts import contract_path, load_contract
from pipelines.landing.touched import record_touched
from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.dbt_project import random_edx_acts as edx
from tests.dbt_project.feed_beside_days import FEED_BESIDE_DAYS
from tests.dbt_project.landing_stand_in import insert_rows, stand_in_warehouse
from tests.dbt_project.plain_activity import DAY, Act, Told, told
from tests.dbt_project.touched_days import TouchedDays, changes_of, compiled_sql, stored_above

SETTINGS = {"WAREHOUSE_PLATFORMS": "moodle,bookshelf,edx", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
FIRST = 20_454 * DAY  # 1 January 2026
BEFORE_MIDNIGHT = 84_000
PAUSES = (0, 0, 1, 60, 299, 300, 301, 900, 1799, 1800, 1801, 3600, 20_000, 50_000)
EVENTS = {
    r"\core\event\course_viewed": "ACTIVE", r"\mod_quiz\event\attempt_submitted": "ATTEMPTED_PROBLEM",
    r"\mod_forum\event\post_created": "POSTED_FORUM", r"\core\event\user_enrolment_created": "NONE",
}  # fmt: skip
# Ann learns on two courses, Bo on one and teaches the other; Tim teaches; Rob is a robot, Di is deleted.
STUDENT, TEACHER = "5", "3"
ROLES = {("ann", 1): STUDENT, ("ann", 2): STUDENT, ("bo", 1): STUDENT, ("bo", 2): TEACHER,
         ("tim", 1): TEACHER, ("rob", 1): STUDENT, ("di", 1): STUDENT}  # fmt: skip
KINDS = {"ann": "learner", "bo": "learner", "tim": "learner", "rob": "bot", "di": "learner"}
READERS = {"eva": "learner", "sue": "staff"}
LEARNS = {
    ("ann", "moodle:main:1"),
    ("ann", "moodle:main:2"),
    ("bo", "moodle:main:1"),
    ("eva", "bookshelf:main"),
} | edx.LEARNS
TABLES = {"moodle": "mdl_logstore_standard_log", "bookshelf": "ReadingSessions", "edx": "tracking_events"}
STRETCHES = tuple(f"int_activity__{platform}_stretches" for platform in TABLES)
ABOVE = (
    "int_activity__sessions_joined", "int_activity__learner_stretches", "fct_course_activity_daily",
    "fct_course_activity_weekly", "fct_sessions", "fct_time_on_task", "int_activity__learner_weeks",
    "learning_feedback",
)  # fmt: skip
CHANGED = ABOVE
# acts with a number that changes whenever the row does
Landed = list[tuple[Act, int]]
WEEKLY = """
    select place_key, label, date_diff('day', date '1970-01-01', week_starts_on), learners, acts
    from course_activity.fct_course_activity_weekly
"""
People = dict[str, dict[str, list[dict[str, str]]]]
# what may be otherwise while loads go on: table, column and its values; without a column rows may be missing
OTHERWISE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("mdl_user", "deleted", ("0", "1")), ("mdl_user", "account_kind", ("learner", "bot", "staff")),
    ("mdl_role_assignments", "roleid", (STUDENT, TEACHER)), ("mdl_user_enrolments", "", ()),
    ("Accounts", "AccountKind", ("learner", "staff")), ("auth_user", "account_kind", ("learner", "retired", "bot")),
    ("auth_user", "is_staff", ("0", "1")), ("student_courseenrollment", "", ()), ("student_courseaccessrole", "", ()),
)  # fmt: skip
CLOCKS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-07-31")
LABELS = {"ACTIVE": 3, "PLAYED_VIDEO": 4, "ATTEMPTED_PROBLEM": 5, "POSTED_FORUM": 6}


def people() -> People:
    """Landed rows that say who is who in the end."""
    enrolled = [(who, course) for who, course in ROLES]
    return {
        "moodle": {
            "mdl_user": [
                {"id": who, "username": who, "deleted": "1" if who == "di" else "0", "suspended": "0",
                 "account_kind": kind, "email_domain_class": "education"}
                for who, kind in KINDS.items()
            ],
            "mdl_course": [{"id": number, "category": "1"} for number in "12"],
            "mdl_enrol": [
                {"id": number, "courseid": number, "enrol": "manual", "status": "0"} for number in "12"
            ],
            "mdl_user_enrolments": [
                {"id": f"{row}", "enrolid": f"{course}", "userid": who, "status": "0", "timecreated": f"{FIRST - 9 * DAY}"}
                for row, (who, course) in enumerate(enrolled)
            ],
            "mdl_context": [{"id": number, "contextlevel": "50", "instanceid": number} for number in "12"],
            "mdl_role": [{"id": STUDENT, "archetype": "student"}, {"id": TEACHER, "archetype": "teacher"}],
            "mdl_role_assignments": [
                {"id": f"{row}", "roleid": role, "contextid": f"{course}", "userid": who}
                for row, ((who, course), role) in enumerate(ROLES.items())
            ],
        },
        "bookshelf": {
            "Accounts": [
                {"AccountId": who, "AccountType": "learner", "AccountKind": kind, "EmailDomainClass": "none"}
                for who, kind in READERS.items()
            ],
        },
        "edx": edx.people(),
    }  # fmt: skip


class Activity(TouchedDays):
    """The warehouse, and the SQL of each model by relation: whole, and for the touched days."""

    day = "activity_date"

    def empty(self) -> None:
        for platform, table in TABLES.items():
            self.connection.execute(f"delete from staging_{platform}.{table}")
        self.forget_all()
        self.connection.execute("delete from ops.partition_fingerprints")

    def land(self, acts: Landed) -> None:
        """Staging holds these acts and no others; the landing's code says which days that touched."""
        for platform, table in TABLES.items():
            contract = load_contract(contract_path(platform))
            self.connection.execute(f"delete from staging_{platform}.{table}")
            insert_rows(self.connection, platform, table, landed(platform, acts))
            record_touched(self.warehouse, contract.schema, contract.tables[table], "load")


def meet(activity: Activity, who: People) -> None:
    for platform, tables in who.items():
        activity.meet(platform, tables)


def others(rng: Random) -> People:
    """The people as they may have been: some deleted, retired, of the staff, in another role or not enrolled."""
    found = deepcopy(people())
    for table, column, values in OTHERWISE:
        platform = next(name for name, tables in found.items() if table in tables)
        rows = found[platform][table]
        for row in rows:
            if column and rng.random() < 0.4:
                row[column] = rng.choice(values)
        if not column:
            found[platform][table] = [row for row in rows if rng.random() < 0.7]
    return found


def landed(platform: str, acts: Landed) -> list[dict[str, str]]:
    own = [(act, version) for act, version in acts if act.place.startswith(platform)]
    if platform == "bookshelf":
        return [
            {"SessionId": f"{act.number}", "AccountId": act.account, "StartedAt": stamp(act.at),
             "SecondsActive": f"{act.lasts}", "_row_hash": f"{version}"}
            for act, version in own
        ]  # fmt: skip
    if platform == "edx":
        return [line for act, version in own for line in edx.lines(act, version)]
    return [
        {"id": f"{act.number}", "userid": act.account, "courseid": act.place[-1], "eventname": act.act,
         "timecreated": f"{act.at}", "origin": "web", "anonymous": "0", "edulevel": "2",
         "_row_hash": f"{version}"}
        for act, version in own
    ]  # fmt: skip


def stamp(epoch: int) -> str:
    return str(datetime.fromtimestamp(epoch, UTC).replace(tzinfo=None))


@pytest.fixture(scope="module")
def activity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Activity]:
    home = tmp_path_factory.mktemp("activity")
    stand_in_warehouse(home, people())
    select = ["--select", *(f"+{name}" for name in (*STRETCHES, *ABOVE))]
    whole = compiled_sql(
        home, SETTINGS, "build", "--resource-type", "model", "--resource-type", "seed", *select
    )
    changes = changes_of(home)
    touching = compiled_sql(home, SETTINGS, "compile", "--select", *STRETCHES, *CHANGED)
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        yield Activity(
            connection, DuckDbWarehouse(connection, home / "warehouse.duckdb"),
            dict(whole[name] for name in stored_above(home, (*STRETCHES, *ABOVE))), dict(touching[name] for name in (*STRETCHES, *CHANGED)), changes,
        )  # fmt: skip


def history(rng: Random) -> list[Act]:
    """Each account goes on after pauses around the time-outs, over some midnights."""
    acts: list[Act] = []
    for who in (*KINDS, *READERS, *edx.ACCOUNTS):
        at = FIRST + rng.choice((BEFORE_MIDNIGHT, rng.randrange(DAY)))
        for _ in range(rng.randint(0, 25)):
            at += rng.choice(PAUSES)
            number = len(acts)
            if who in READERS:
                lasts = rng.choice((0, 600, 3000, 40_000))
                acts.append(Act(who, "bookshelf:main", "reading", f"s{number:05}", at, lasts))
            elif who in edx.ACCOUNTS:
                place = f"edx:main:{rng.choice(edx.COURSES)}"
                acts.append(Act(who, place, rng.choice([*edx.KINDS]), number, at))
            else:
                acts.append(Act(who, f"moodle:main:{rng.randint(1, 2)}", rng.choice([*EVENTS]), number, at))
    return acts


def landings(rng: Random, acts: list[Act]) -> Iterator[Landed]:
    """What staging holds after each load: acts in any order, some on another day first, some go again."""
    there: dict[str | int, tuple[Act, int]] = {}
    for _ in range(rng.randint(1, 4)):
        for act in rng.sample(acts, rng.randint(0, len(acts))):
            moved = replace(act, at=act.at + rng.choice((0, 0, 0, DAY, -DAY, 1700)))
            there[act.number] = moved, rng.randrange(1 << 40)
            if rng.random() < 0.15:
                del there[act.number]
        yield list(there.values())
    same = dict(there.values())
    yield [(act, same.get(act, rng.randrange(1 << 40))) for act in acts]


def said(activity: Activity) -> Told:
    """The marts in the words of plain Python; a person is an account here, as none has an address."""
    found = Told()
    seconds = "cast(epoch(started_at) as bigint), cast(epoch(ended_at) as bigint), session_seconds"
    for account, begin, end, length, acts, courses in activity.rows(
        f"select account_key, {seconds}, acts, courses_visited from course_activity.fct_sessions"
    ):
        assert end - begin == length
        found.sessions[account, begin, end, acts, courses] += 1
    where = (
        "regexp_extract(person_key, '[^:]+$'), place_key, date_diff('day', date '1970-01-01', activity_date)"
    )
    for *place, acts, five, thirty in activity.rows(
        f"select {where}, acts, seconds_5_minute_timeout, seconds_30_minute_timeout "
        "from course_activity.fct_time_on_task"
    ):
        found.time[tuple(place)] = [acts, five, thirty]
    columns = ", ".join(f"{label.lower()}_acts" for label in LABELS)
    for row in activity.rows(f"select {where}, {columns} from course_activity.fct_course_activity_daily"):
        found.labels[row[:3]] = Counter({label: row[place] for label, place in LABELS.items() if row[place]})
    return found


def weekly(of_days: Told) -> dict[tuple[str, str, int], tuple[int, int]]:
    """(place, label, Monday) → learners and acts; 1 January 1970 was a Thursday."""
    found: dict[tuple[str, str, int], tuple[set[str], int]] = {}
    for (account, place, day), counted in of_days.labels.items():
        for label, acts in counted.items():
            who, sum_of = found.get((place, label, day - (day + 3) % 7), (set(), 0))
            found[place, label, day - (day + 3) % 7] = who | {account}, sum_of + acts
    return {key: (len(who), acts) for key, (who, acts) in found.items()}


def compared(activity: Activity, seed: int) -> Told:
    """Lands a history in its own way and compares all marts; what plain Python says of it."""
    rng = Random(seed)
    acts = history(rng)
    activity.empty()
    for there in landings(rng, acts):
        activity.land(there)
        meet(activity, others(rng))
        activity.set_clock(rng.choice(CLOCKS))
        activity.rebuild_touched()
    meet(activity, people())
    activity.set_clock(CLOCKS[-1])
    activity.rebuild_touched()
    activity.compare_with_anew(f"seed {seed}")
    done = [act for act in acts if not act.place.startswith("edx") or act.act in edx.LABELS]
    by_hand, found = told(done, LEARNS, EVENTS | edx.LABELS), said(activity)
    assert found.sessions == by_hand.sessions, f"seed {seed}"
    assert found.time == by_hand.time, f"seed {seed}"
    assert found.labels == by_hand.labels, f"seed {seed}"
    weeks = {row[:3]: row[3:] for row in activity.rows(WEEKLY)}
    assert weeks == weekly(by_hand), f"seed {seed}"
    fed = activity.rows(FEED_BESIDE_DAYS)
    assert fed
    assert not [row for row in fed if row[1::2] != row[2::2]], f"seed {seed}"
    return by_hand


def test_any_order_of_loads_gives_the_marts_of_plain_python(activity, long_counts):
    over_midnight = pauses = 0
    for seed in range(150 if long_counts else 8):
        by_hand = compared(activity, seed)
        over_midnight += sum(session[1] // DAY < session[2] // DAY for session in by_hand.sessions)
        pauses += sum(five < thirty for _, five, thirty in by_hand.time.values())
    assert min(over_midnight, pauses) >= 10, "chance left sessions over midnight or pauses out"
