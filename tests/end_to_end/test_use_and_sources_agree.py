"""Attendance, use, boards and enrolments counted once more, in Python from the sample's sources.

Nothing of the warehouse is used but its published marts: who is whom, and which rows count, is written here
again, so a mistake in the models' SQL would have to be made twice.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from functools import cached_property

import pytest

from tests.end_to_end.homes import Home

AS_OF = "2026-07-31 06:00:00"
DECIMAL = re.compile(r"-?\d+(\.\d{1,2})?")
STAFF = "@ourcompany.example"
CLASSROOM_TESTERS = re.compile(r"(guest|guest-.*|admin|staff\..*|svc\..*|test\..*|demo\..*)")
MOODLE_TESTERS = re.compile(r"(guest|admin|tool_generator_.*)")
BOTS = re.compile(r"noreply@.*|.*\.bot@.*")


class Sources:
    """The four SQLite files, each question answered by a plain query and a loop."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def rows(self, platform: str, query: str) -> list[sqlite3.Row]:
        with closing(sqlite3.connect(self.home.source(platform))) as source:
            source.row_factory = sqlite3.Row
            return source.execute(query).fetchall()

    def newest(self, platform: str, table: str, key: str, version: str) -> list[sqlite3.Row]:
        """One row a key: the one with the newest version."""
        found = {row[key]: row for row in self.rows(platform, f"select * from {table} order by {version}")}
        return list(found.values())

    @cached_property
    def unmeasured(self) -> set[str]:
        """Addresses of our own people, machines, guests and tests on any platform."""
        contacts = {
            _address(row["email"]) for row in self.rows("subscriptions", "select email from contacts")
        }
        readers = {_address(row[0]) for row in self.rows("bookshelf", "select Email from Accounts")}
        publishers = {
            _address(row["Email"])
            for row in self.rows("bookshelf", "select Email, AccountType from Accounts where IsActive = 1")
            if row["AccountType"].lower() == "publisher"
        }
        users = self.rows("classroom", "select email, username from users where status <> 'deleted'")
        moodlers = self.rows("moodle", "select email, username from mdl_user where deleted = 0")
        testers = {_address(u["email"]) for u in users if CLASSROOM_TESTERS.fullmatch(u["username"].lower())}
        testers |= {_address(u["email"]) for u in moodlers if MOODLE_TESTERS.fullmatch(u["username"].lower())}
        ours = {mail for mail in contacts | readers if mail.endswith(STAFF) or BOTS.fullmatch(mail)}
        return (testers | ours | publishers) - {""}

    @cached_property
    def classroom_people(self) -> dict[int, sqlite3.Row]:
        """Students' and teachers' accounts that count, deleted ones included."""
        return {
            row["id"]: row
            for row in self.newest("classroom", "users", "id", "updated_at")
            if not (row["status"] != "deleted" and CLASSROOM_TESTERS.fullmatch(row["username"].lower()))
            and _address(row["email"]) not in self.unmeasured
        }

    @cached_property
    def classroom_days(self) -> dict[str, set[int]]:
        """Day → accounts that logged in, opened or completed a lesson, or handed something in."""
        moments = [
            (row["user_id"], row["logged_in_at"]) for row in self.rows("classroom", "select * from logins")
        ]
        for row in self.rows("classroom", "select * from progress"):
            moments += [(row["user_id"], row["first_opened_at"]), (row["user_id"], row["completed_at"])]
        for row in self.newest("classroom", "scores", "id", "updated_at"):
            if row["score"] is None or DECIMAL.fullmatch(str(row["score"])):
                moments.append((row["user_id"], row["submitted_at"]))
        days: dict[str, set[int]] = defaultdict(set)
        for user, moment in moments:
            if moment and not moment.startswith("0000") and moment[:10] <= AS_OF[:10]:
                days[moment[:10]].add(user)
        return days

    def classroom_person(self, user: int) -> str:
        return _address(self.classroom_people[user]["email"]) or f"user {user}"

    @cached_property
    def bookshelf_days(self) -> dict[str, set[str]]:
        """Day → people who learn and began to read."""
        people = {
            row["AccountId"]: _address(row["Email"]) or f"account {row['AccountId']}"
            for row in self.newest("bookshelf", "Accounts", "AccountId", "UpdatedAt")
            if row["AccountType"].lower() == "learner" and _address(row["Email"]) not in self.unmeasured
        }
        days: dict[str, set[str]] = defaultdict(set)
        for row in self.rows("bookshelf", "select * from ReadingSessions"):
            readable = row["PagesRead"] is None or isinstance(row["PagesRead"], int)
            if readable and row["AccountId"] in people and row["StartedAt"][:10] <= AS_OF[:10]:
                days[row["StartedAt"][:10]].add(people[row["AccountId"]])
        return days

    def classes(self) -> dict[int, sqlite3.Row]:
        return {
            row["id"]: row
            for row in self.newest("classroom", "classes", "id", "updated_at")
            if not row["deleted_at"] or row["deleted_at"].startswith("0000")
        }

    def lessons(self) -> dict[int, sqlite3.Row]:
        """Without those whose title is too long or whose length is a word: they are in quarantine."""
        return {
            row["id"]: row
            for row in self.newest("classroom", "lessons", "id", "updated_at")
            if len(row["title"]) <= 200 and isinstance(row["duration_minutes"], int)
        }

    def customers(self) -> set[str]:
        """URNs of the organisations that landed; one with a name too long is in quarantine."""
        rows = self.rows("subscriptions", "select urn, name from organisations")
        return {_urn(row["urn"]) for row in rows if len(row["name"]) <= 200} - {""}

    def students(self) -> Iterator[tuple[int, int]]:
        """(class, account) of everybody who is or was a student, and whose account is open and counts."""
        classes = self.classes()
        for row in self.newest("classroom", "class_members", "id", "updated_at"):
            user = self.classroom_people.get(row["user_id"])
            gone = user is None or user["status"] == "deleted" or (user["deleted_at"] or "0000")[:4] != "0000"
            if row["role"] == "student" and row["class_id"] in classes and not gone:
                yield row["class_id"], row["user_id"]


def _address(email: str | None) -> str:
    return (email or "").strip().lower()


def _urn(text: str | None) -> str:
    trimmed = (text or "").strip()
    return trimmed if trimmed.isdigit() and trimmed.strip("0") else ""


@pytest.fixture(scope="module")
def sources(first) -> Sources:
    return Sources(first[0])


def test_learners_of_every_day_on_the_classroom(first, sources):
    counted = {
        day: len(
            {
                sources.classroom_person(user)
                for user in users
                if user in sources.classroom_people and sources.classroom_people[user]["role"] == "student"
            }
        )
        for day, users in sources.classroom_days.items()
    }
    assert attendance(first[0], "classroom") == {day: n for day, n in counted.items() if n}
    assert max(counted.values()) == counted["2026-02-10"] > 300


def test_learners_of_every_day_on_the_bookshelf(first, sources):
    assert attendance(first[0], "bookshelf") == {day: len(who) for day, who in sources.bookshelf_days.items()}


def attendance(home: Home, platform: str) -> dict[str, int]:
    query = f"""
        select cast(activity_date as varchar), learners from course_activity.attendance_daily
        where platform = '{platform}' and learners > 0
    """
    return dict(home.marts(query))


def test_learners_and_teachers_of_every_school_and_month_on_the_classroom(first, sources):
    known = sources.customers()
    counted: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for day, users in sources.classroom_days.items():
        for user in users & sources.classroom_people.keys():
            row = sources.classroom_people[user]
            if row["role"] in ("student", "teacher") and _urn(row["school_urn"]) in known and day < "2026-07":
                counted[_urn(row["school_urn"]), day[:7], row["role"]].add(sources.classroom_person(user))
    query = """
        select school_key, strftime(month, '%Y-%m'), active_learners, active_teachers
        from customer_insight.fct_school_engagement where platform = 'classroom' and activity_count > 0
    """
    found = {}
    for school, month, learners, teachers in first[0].marts(query):
        found[school.removeprefix("urn:"), month, "student"] = learners
        found[school.removeprefix("urn:"), month, "teacher"] = teachers
    assert {key: n for key, n in found.items() if n} == {key: len(who) for key, who in counted.items()}
    assert len(counted) > 500


def test_points_of_every_class_and_learner_over_the_year(first, sources):
    students = set(sources.students())
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for row in sources.newest("classroom", "points", "id", "awarded_at"):
        in_year = "2025-09-01" <= row["awarded_at"] <= AS_OF
        if in_year and isinstance(row["points"], int) and (row["class_id"], row["user_id"]) in students:
            counted[str(row["class_id"]), sources.classroom_person(row["user_id"])] += row["points"]
    query = """
        select split_part(course_run_key, ':', 3), points, points_rank, learners
        from course_activity.leaderboard where period = 'academic_year' and academic_year = '2025/26'
    """
    boards: dict[str, list[int]] = defaultdict(list)
    for (number, _), points in counted.items():
        boards[number].append(points)
    by_hand = sorted(
        (number, points, 1 + sum(other > points for other in board), len(board))
        for number, board in boards.items()
        for points in board
    )
    assert sorted(first[0].marts(query)) == by_hand
    assert len(by_hand) > 200


def test_grades_and_progress_of_every_learner_on_a_class(first, sources):
    lessons = sources.lessons()
    best: dict[tuple[int, int], dict[int, Decimal]] = defaultdict(dict)
    for row in sources.newest("classroom", "scores", "id", "updated_at"):
        marks, most = str(row["score"]), str(row["max_score"])
        landed = DECIMAL.fullmatch(marks) and not (row["submitted_at"] or "0000").startswith("0000")
        if not landed or row["lesson_id"] not in lessons or not 0 <= Decimal(marks) <= Decimal(most) != 0:
            continue
        lesson = best[lessons[row["lesson_id"]]["class_id"], row["user_id"]]
        percent = 100 * Decimal(marks) / Decimal(most)
        lesson[row["lesson_id"]] = max(percent, lesson.get(row["lesson_id"], percent))
    # Two pupils with one address are one person; the mart shows the grade of one of their accounts.
    people: dict[tuple[int, str], list[str]] = defaultdict(list)
    for number, user in sources.students():
        of = best.get((number, user), {}).values()
        people[number, sources.classroom_person(user)] += (
            [f"{number} {sum(of) / len(of):.3f}"] if of else [""]
        )
    query = """
        select split_part(course_run_key, ':', 3) || ' ' || printf('%.3f', grade_percent)
        from course_activity.course_enrolments where platform = 'classroom'
    """
    found = Counter(row[0] or "" for row in first[0].marts(query))
    alone = Counter(means[0] for means in people.values() if len(set(means)) == 1)
    assert not alone - found
    others = [set(means) for means in people.values() if len(set(means)) > 1]
    assert set(found - alone) <= set().union(*others)
    assert found.total() == len(people) > 1000
