"""The e-learning sample: deterministic, of the schools that pay for it, as dirty as its docstring says.

What its landing makes of the dirt: tests/landing/test_classroom.py."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pipelines.contracts import contract_path, load_contract
from scripts.sample_sources import AS_OF, write_sample
from scripts.sample_sources.classroom import write_classroom
from scripts.sample_sources.classroom_dirt import ERASED_USER, NO_CLASS, NO_LESSON, STEPPED_BACK
from scripts.sample_sources.classroom_tables import TABLES
from scripts.sample_sources.classroom_year import PEAK_DAY
from scripts.sample_sources.customers import customers_of
from scripts.sample_sources.school_days import school_days
from scripts.sample_sources.subscriptions import write_subscriptions

ACTIVE_ON = {"logins": "logged_in_at", "scores": "submitted_at", "progress": "last_activity_at"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with all platforms' files, at scale 1."""
    return write_sample(tmp_path_factory.mktemp("all"), 1).parent


@pytest.fixture(scope="module")
def sample(folder) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "classroom.sqlite")) as connection:
        for other in ("subscriptions", "bookshelf", "moodle"):
            connection.execute(f"ATTACH ? AS {other}", (str(folder / f"{other}.sqlite"),))
        yield connection


def rows(sample: sqlite3.Connection, sql: str) -> list[tuple]:
    return sample.execute(sql).fetchall()


def count(sample: sqlite3.Connection, sql: str) -> int:
    ((found,),) = rows(sample, f"SELECT count(*) FROM ({sql})")
    return int(found)


def test_the_same_scale_gives_the_same_bytes_in_any_process(folder, tmp_path):
    """Another process hashes dates and texts to other numbers, so that sets have another order."""
    here, there = tmp_path / "here.sqlite", tmp_path / "there.sqlite"
    write_classroom(here, 1, AS_OF, folder / "subscriptions.sqlite")
    script = (
        "import sys; from pathlib import Path; from scripts.sample_sources import AS_OF;"
        "from scripts.sample_sources.classroom import write_classroom;"
        "write_classroom(Path(sys.argv[1]), 1, AS_OF, Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(there), str(folder / "subscriptions.sqlite")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    assert here.read_bytes() == there.read_bytes()


def test_scale_multiplies_classes_and_logins_but_not_the_dirt(sample, tmp_path):
    write_subscriptions(tmp_path / "subscriptions.sqlite", 3, AS_OF)
    write_classroom(tmp_path / "three.sqlite", 3, AS_OF, tmp_path / "subscriptions.sqlite")
    with closing(sqlite3.connect(tmp_path / "three.sqlite")) as large:
        for table in ("classes", "logins", "progress"):
            every = f"SELECT 1 FROM {table}"
            assert 2.3 < count(large, every) / count(sample, every) < 3.9, table
        assert count(large, "SELECT 1 FROM points WHERE typeof(points) = 'text'") == 1
        assert count(large, "SELECT 1 FROM users WHERE deleted_at LIKE '0000-%'") == 3


def test_it_has_exactly_the_tables_and_columns_of_the_contract(sample):
    contract = load_contract(contract_path("classroom"))
    declared = {
        name: {column.name for column in table.columns if not column.derive}
        for name, table in contract.tables.items()
    }
    written = {table: {row[1] for row in rows(sample, f"PRAGMA table_info({table})")} for table in TABLES}
    assert written == declared


def test_what_never_lands_is_filled(sample):
    for table in load_contract(contract_path("classroom")).tables.values():
        for column in table.columns:
            if not column.lands:
                assert count(sample, f"SELECT 1 FROM {table.name} WHERE {column.name} > ''") > 100, (
                    column.name
                )


def test_its_size_lets_a_run_stay_near_a_minute(sample):
    assert 20_000 < sum(count(sample, f"SELECT 1 FROM {table}") for table in TABLES) < 30_000


def test_only_one_clock_is_ahead_of_as_of(sample):
    ahead = []
    for table in TABLES:
        for (column,) in rows(
            sample, f"SELECT name FROM pragma_table_info('{table}') WHERE name LIKE '%_at'"
        ):
            found = rows(sample, f"SELECT {column} FROM {table} WHERE {column} > '{AS_OF}'")
            ahead += [(table, column, *row) for row in found]
    assert ahead == [("logins", "logged_in_at", "2026-08-02 06:00:00")]


def test_schools_are_those_that_pay_and_are_active_while_they_do(folder, sample):
    """Each pupil's work, by school and day, against the terms of the subscription service."""
    spells: dict[str | None, list[tuple[date, date]]] = {}
    for school in customers_of(folder / "subscriptions.sqlite", "CLASS", AS_OF):
        spells.setdefault(school.urn, []).extend(school.spells)
    worked = rows(
        sample,
        "SELECT DISTINCT c.school_urn, date(p.last_activity_at) FROM progress p "
        "JOIN lessons l ON l.id = p.lesson_id JOIN classes c ON c.id = l.class_id WHERE c.school_urn > ''",
    )
    assert len({urn for urn, _ in worked}) > 25
    late = [
        (urn, day)
        for urn, day in worked
        if not any(str(first) <= day <= str(last) for first, last in spells[urn])
    ]
    # the one whose progress ends a day before it begins may fall on the eve of a term
    assert len(late) <= 1


@pytest.mark.parametrize("table", ACTIVE_ON)
def test_work_is_done_on_school_days(sample, table):
    taught = {str(day) for day in school_days(date(2022, 9, 1), AS_OF.date())}
    column = ACTIVE_ON[table]
    days = rows(sample, f"SELECT DISTINCT date({column}) FROM {table} WHERE {column} NOT LIKE '0000-%'")
    odd = [day for (day,) in days if day not in taught]
    assert len(odd) <= 3, "clocks that are wrong, and system accounts"
    assert len(days) > 400
    assert {day[:4] for (day,) in days} == {"2022", "2023", "2024", "2025", "2026"}


def test_schools_that_leave_are_quiet_before(sample):
    """Logins a school day in the last 60 days before a school left for good, against those of other days."""
    ((last, before),) = rows(
        sample,
        "WITH ends AS (SELECT o.urn, max(s.ends_on) AS ends_on FROM subscriptions.subscriptions s "
        "JOIN subscriptions.organisations o ON o.id = s.organisation_id "
        "JOIN subscriptions.products p ON p.id = s.product_id AND p.code = 'CLASS' "
        "WHERE o.urn > '' GROUP BY o.urn HAVING max(s.ends_on) BETWEEN '2023-01-01' AND '2026-07-15') "
        "SELECT sum(julianday(e.ends_on) - julianday(l.logged_in_at) < 60) / 60.0, "
        "sum(julianday(e.ends_on) - julianday(l.logged_in_at) BETWEEN 120 AND 300) / 180.0 "
        "FROM ends e JOIN users u ON u.school_urn = e.urn JOIN logins l ON l.user_id = u.id",
    )
    assert 0 < last < before * 0.6


def test_on_the_peak_day_most_learners_are_there_by_far(sample):
    days = rows(
        sample,
        "SELECT date(logged_in_at), count(DISTINCT user_id) AS learners FROM logins "
        "GROUP BY 1 ORDER BY learners DESC LIMIT 2",
    )
    assert days[0][0] == str(PEAK_DAY)
    assert days[0][1] > 5 * days[1][1]


def test_people_are_on_several_platforms_by_their_address(sample):
    contacts = "SELECT email FROM subscriptions.contacts"
    assert count(sample, f"SELECT 1 FROM users WHERE role = 'teacher' AND email IN ({contacts})") > 40
    assert count(sample, f"SELECT 1 FROM users WHERE role = 'student' AND email IN ({contacts})") > 10
    readers = "SELECT Email FROM bookshelf.Accounts WHERE AccountType = 'learner'"
    assert count(sample, f"SELECT 1 FROM users WHERE role = 'student' AND email IN ({readers})") > 50
    moodle = (
        "SELECT m.email FROM moodle.mdl_user m JOIN moodle.mdl_role_assignments a ON a.userid = m.id "
        "JOIN moodle.mdl_role r ON r.id = a.roleid AND r.archetype = 'student'"
    )
    assert count(sample, f"SELECT 1 FROM users WHERE role = 'student' AND email IN ({moodle})") >= 1


ZERO = "LIKE '0000-00-00%'"
GIVEN_UP = "SELECT email FROM users WHERE deleted_at BETWEEN '2023' AND '2024'"
EVENT = "id, user_id, logged_in_at, device, ip_address"
TWICE = {
    "classes": "SELECT 1 FROM classes GROUP BY id HAVING count(DISTINCT updated_at) = 2",
    "scores": "SELECT 1 FROM scores GROUP BY id HAVING count(DISTINCT updated_at) = 2",
    "logins": f"SELECT 1 FROM logins GROUP BY {EVENT} HAVING count(*) = 2",
    "progress": "SELECT 1 FROM progress GROUP BY user_id, lesson_id, last_activity_at HAVING count(*) = 2",
}


@pytest.mark.parametrize("table", TWICE)
def test_one_key_is_there_twice(sample, table):
    key = "user_id, lesson_id" if table == "progress" else "id"
    assert count(sample, f"SELECT 1 FROM {table} GROUP BY {key} HAVING count(*) > 1") == 1
    assert count(sample, TWICE[table]) == 1


@pytest.mark.parametrize(
    ("table", "condition", "expected"),
    [
        ("scores", "score = 'A*'", 1),
        ("scores", "score LIKE '%.___'", 1),
        ("scores", f"submitted_at {ZERO}", 1),
        ("scores", f"graded_at {ZERO}", 1),
        ("scores", "score LIKE '-%'", 1),
        ("scores", "score <> 'A*' AND cast(score AS real) > cast(max_score AS real)", 2),
        ("scores", "max_score = '0.00'", 1),
        ("scores", f"graded_at < submitted_at AND graded_at NOT {ZERO}", 1),
        ("points", "typeof(points) = 'text'", 1),
        ("points", f"class_id = {NO_CLASS}", 1),
        ("progress", "cast(percent_complete AS real) > 100", 2),
        ("progress", f"completed_at {ZERO}", 1),
        ("progress", "last_activity_at < first_opened_at", 1),
        ("progress", f"lesson_id = {NO_LESSON}", 1),
        ("lessons", "length(title) > 200", 1),
        ("lessons", "title LIKE '%🪐✨'", 1),
        ("lessons", "instr(title, char(0)) > 0", 1),
        ("lessons", "typeof(duration_minutes) = 'text'", 1),
        ("lessons", f"class_id = {NO_CLASS}", 1),
        ("users", f"deleted_at {ZERO}", 3),
        ("users", "status = 'deleted' AND deleted_at IS NULL", 1),
        ("users", f"status <> 'deleted' AND deleted_at > '' AND deleted_at NOT {ZERO}", 1),
        ("users", "email = 'family.ahmed@example.org'", 2),
        ("users", "email = 'our.class@example.org'", 3),
        ("users", "email = upper(email)", 1),
        ("users", f"created_at > '2025' AND email IN ({GIVEN_UP})", 1),
        ("users", "username IN ('guest', 'guest-7', 'admin', 'staff.olu', 'svc.rostering')", 5),
        ("users", "username IN ('test.pupil1', 'demo.teacher')", 2),
        ("users", "role NOT IN ('student', 'teacher', 'parent', 'admin')", 1),
        ("users", "school_urn = '000000' OR school_urn LIKE ' %'", 2),
        ("classes", f"ends_on {ZERO}", 1),
        ("classes", "academic_year NOT LIKE '____/__'", 1),
        ("classes", "deleted_at > ''", 1),
        ("class_members", f"class_id = {NO_CLASS}", 2),
        ("class_members", f"user_id = {ERASED_USER}", 1),
        ("logins", "user_id IS NULL", 1),
        ("logins", f"user_id = {ERASED_USER}", 2),
        ("audit", f"actor_id = {ERASED_USER}", 1),
    ],
)  # fmt: skip
def test_the_dirt_is_there_and_only_as_much_as_promised(sample, table, condition, expected):
    assert count(sample, f"SELECT 1 FROM {table} WHERE {condition}") == expected


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("users", "status = 'deleted' AND id IN (SELECT user_id FROM scores)"),
        ("users", "status = 'disabled'"),
        ("users", "role = 'student' AND email IS NULL"),
        ("users", "role = 'parent'"),
        ("users", "school_urn IS NULL AND role = 'student'"),
        ("classes", "ends_on IS NULL"),
        ("lessons", "is_published = 0"),
        ("class_members", "left_at IS NOT NULL"),
        ("scores", "score IS NULL AND graded_at IS NULL"),
        ("scores", "attempt > 1"),
        ("points", "points < 0 AND reason = 'taken_back'"),
        ("progress", "status = 'started'"),
        ("audit", "actor_id IS NULL"),
    ],
)
def test_what_is_usual_there_occurs(sample, table, condition):
    assert count(sample, f"SELECT 1 FROM {table} WHERE {condition}") >= 3


def test_a_pupil_came_back_to_a_class(sample):
    again = "SELECT 1 FROM class_members WHERE class_id <> {0} GROUP BY class_id, user_id HAVING count(*) > 1"
    assert count(sample, again.format(NO_CLASS)) == 1


def test_in_one_class_places_are_shared_a_test_account_leads_and_one_learner_is_below_zero(sample):
    totals = rows(
        sample,
        "SELECT sum(points) FROM points WHERE typeof(points) = 'integer' AND class_id = "
        "(SELECT class_id FROM points WHERE points = 9999) GROUP BY user_id ORDER BY 1 DESC",
    )
    points = [total for (total,) in totals]
    assert points[0] == 9999
    assert points[1] == points[2] > points[3] == points[4]
    assert points[-1] == -15


def test_some_logins_step_back_in_time_although_their_ids_go_on(sample):
    steps = rows(
        sample,
        "SELECT count(*) FROM logins AS l JOIN logins AS n ON n.id = l.id + 1 "
        "WHERE n.logged_in_at < l.logged_in_at",
    )
    assert steps[0][0] >= 1
    assert STEPPED_BACK == 40
    early = "SELECT 1 FROM logins l JOIN users u ON u.id = l.user_id WHERE l.logged_in_at < u.created_at"
    assert count(sample, early) == 1
