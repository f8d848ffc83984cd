"""Sessions, time on task and labels of classroom and bookshelf, again in Python from the sample's sources.

Who counts is told by the plain queries of `test_use_and_sources_agree`. Pseudonyms hide who is who, so rows
are compared without the person, each as often as it is there.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from tests.dbt_project.plain_activity import DAY, Act, Told, told
from tests.end_to_end.homes import Home
from tests.end_to_end.test_use_and_sources_agree import AS_OF, DECIMAL, Sources

LABELS = {"recorded_lesson_completed": "PLAYED_VIDEO", "attempt_submitted": "ATTEMPTED_PROBLEM"}
LONGEST_SITTING = 12 * 3600


def epoch(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


LAST_DAY = epoch(AS_OF) // DAY


@pytest.fixture(scope="module")
def sources(first) -> Sources:
    return Sources(first[0])


@pytest.fixture(scope="module")
def of_classroom(sources) -> Told:
    """Everybody's acts, learners or not, for what others do in between ends nobody's time but their own."""
    lessons = {number: (row["class_id"], row["lesson_type"]) for number, row in sources.lessons().items()}
    acts = [
        act("login", row["id"], row["user_id"], None, row["logged_in_at"])
        for row in sources.newest("classroom", "logins", "id", "id")
    ]
    progress = {
        (row["user_id"], row["lesson_id"]): row
        for row in sources.rows("classroom", "select * from progress order by updated_at")
    }
    for (user, lesson), row in progress.items():
        if lesson in lessons:
            number, kind = lessons[lesson]
            done = "recorded_lesson_completed" if kind == "recorded" else "lesson_completed"
            acts.append(act("lesson_opened", lesson, user, number, row["first_opened_at"]))
            acts.append(act(done, lesson, user, number, row["completed_at"]))
    for row in sources.newest("classroom", "scores", "id", "updated_at"):
        readable = row["score"] is None or DECIMAL.fullmatch(str(row["score"]))
        if readable and row["lesson_id"] in lessons:
            number = lessons[row["lesson_id"]][0]
            acts.append(act("attempt_submitted", row["id"], row["user_id"], number, row["submitted_at"]))
    learns = {(str(user), f"classroom:main:{number}") for number, user in sources.students()}
    learns |= {
        (str(user), "classroom:main")
        for user, row in sources.classroom_people.items()
        if row["role"] == "student"
        and row["status"] != "deleted"
        and (row["deleted_at"] or "0000")[:4] == "0000"
    }
    return told([one for one in acts if one], learns, LABELS)


def act(what: str, number: int, user: int | None, class_: int | None, moment: str | None) -> Act | None:
    """Nothing where nobody did it, or at no time. Ids decide between acts of one second, then their names."""
    if user is None or not moment or moment.startswith("0000"):
        return None
    place = "classroom:main" if class_ is None else f"classroom:main:{class_}"
    return Act(str(user), place, what, f"{number:012}{what}", epoch(moment))


@pytest.fixture(scope="module")
def of_bookshelf(sources) -> Told:
    learners = {
        row["AccountId"]
        for row in sources.newest("bookshelf", "Accounts", "AccountId", "UpdatedAt")
        if row["AccountType"].lower() == "learner" and row["IsActive"] == 1
        and (row["Email"] or "").strip().lower() not in sources.unmeasured
    }  # fmt: skip
    sittings = {
        row["SessionId"].lower(): row
        for row in sources.rows("bookshelf", "select * from ReadingSessions order by UpdatedAt")
        if row["PagesRead"] is None or isinstance(row["PagesRead"], int)
    }
    acts = [
        Act(
            str(row["AccountId"]), "bookshelf:main", "reading", number, epoch(row["StartedAt"]),
            row["SecondsActive"] if 0 <= row["SecondsActive"] <= LONGEST_SITTING else 0,
        )
        for number, row in sittings.items()
        if row["AccountId"] is not None
    ]  # fmt: skip
    return told(acts, {(str(account), "bookshelf:main") for account in learners}, {})


def compared(home: Home, platform: str, by_hand: Told) -> tuple[int, int]:
    """All marts of the platform are what plain Python says; the number of sessions and of days."""
    seconds = "cast(epoch(started_at) as bigint), cast(epoch(ended_at) as bigint)"
    day = "cast(date_diff('day', date '1970-01-01', activity_date) as bigint)"
    said = home.marts(
        f"select {seconds}, acts, courses_visited from course_activity.fct_sessions "
        f"where platform = '{platform}'"
    )
    assert Counter(said) == Counter(
        row[1:] for row in by_hand.sessions.elements() if row[1] // DAY <= LAST_DAY
    )
    # Two accounts of a person on one course are one row there: what they did adds up over places and days.
    time = home.marts(
        f"select place_key, {day} as day, sum(acts), sum(seconds_5_minute_timeout), "
        "sum(seconds_30_minute_timeout) "
        f"from course_activity.fct_time_on_task where platform = '{platform}' group by all"
    )
    sums: dict[tuple[str, int], list[int]] = {}
    for (_, place, number), counted in by_hand.time.items():
        if number <= LAST_DAY:
            before = sums.get((place, number), [0, 0, 0])
            sums[place, number] = [old + new for old, new in zip(before, counted, strict=True)]
    assert {row[:2]: list(row[2:]) for row in time} == sums
    labels = home.marts(
        "select sum(active_acts), sum(played_video_acts), sum(attempted_problem_acts) "
        f"from course_activity.fct_course_activity_daily where platform = '{platform}'"
    )
    names = ("ACTIVE", "PLAYED_VIDEO", "ATTEMPTED_PROBLEM")
    counts = [counted for where, counted in by_hand.labels.items() if where[2] <= LAST_DAY]
    assert labels == [tuple(sum(counted[name] for counted in counts) for name in names)]
    return len(said), len(time)


def test_the_classroom(first, of_classroom):
    sessions, days = compared(first[0], "classroom", of_classroom)
    assert sessions > 9000
    assert days > 5000


def test_the_bookshelf(first, of_bookshelf):
    sessions, days = compared(first[0], "bookshelf", of_bookshelf)
    assert sessions > 5000
    assert days > 700
