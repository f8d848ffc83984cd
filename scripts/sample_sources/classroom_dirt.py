"""The deliberate dirt of the e-learning sample; `classroom` says what a run must make of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import stamp
from scripts.sample_sources.subscriptions_tables import Book

# Ids that no row has.
ERASED_USER, NO_CLASS, NO_LESSON = 990_001, 990_002, 990_003
ZERO = "0000-00-00 00:00:00"
# username, role, address
SYSTEM_ACCOUNTS = (
    ("guest", "student", None),
    ("guest-7", "student", None),
    ("admin", "admin", "platform@ourcompany.example"),
    ("staff.olu", "admin", "olu@ourcompany.example"),
    ("svc.rostering", "admin", None),
    ("test.pupil1", "student", "test1@ourcompany.example"),
    ("demo.teacher", "teacher", "demo@ourcompany.example"),
)
STEPPED_BACK = 40


def add_dirt(book: Book, as_of: datetime) -> None:
    """Spoils a few rows of a told story; counts do not grow with the scale."""
    pupils = [row for row in book.rows["users"] if row["role"] == "student" and row["status"] == "active"]
    busy = _busiest(book)
    _clocks(book, as_of)
    _accounts(pupils, as_of)
    _not_learners(book, busy, as_of)
    _classes(book, as_of)
    _members(book, busy)
    _lessons(book, busy)
    _logins(book)
    _scores(book)
    _points(book, busy)
    _progress(book)
    _audit(book)
    _address_again(book)


def _busiest(book: Book) -> int:
    """The class in which most points were won: large enough to have a table of ranks."""
    return Counter(row["class_id"] for row in book.rows["points"]).most_common(1)[0][0]


def _accounts(pupils: list[Row], as_of: datetime) -> None:
    """Zero dates, deletions that are half done, mailboxes of several people, schools that are no number."""
    for pupil in pupils[:3]:
        pupil["deleted_at"] = ZERO
    pupils[3].update(status="deleted", updated_at=stamp(as_of - timedelta(days=40)))
    pupils[4].update(
        deleted_at=stamp(as_of - timedelta(days=41)), updated_at=stamp(as_of - timedelta(days=41))
    )
    pupils[5]["email"] = pupils[6]["email"] = "family.ahmed@example.org"
    for pupil in pupils[7:10]:
        pupil["email"] = "our.class@example.org"
    pupils[10]["email"] = f"PUPIL.{pupils[10]['id']}@EXAMPLE.ORG"
    pupils[11]["email"] = None
    pupils[12]["role"] = "teaching_assistant"
    pupils[13]["school_urn"] = "tbc"
    pupils[14]["school_urn"] = "000000"
    with_urn = next(row for row in pupils[15:] if row["school_urn"])
    with_urn["school_urn"] = f" {with_urn['school_urn']} "


def _not_learners(book: Book, busy: int, as_of: datetime) -> None:
    """System accounts; the test account has more points than any pupil of the class."""
    made = stamp(datetime(2022, 8, 1, 9))
    accounts = {
        username: book.add(
            "users", email=email, username=username, first_name="Zebedee", last_name="Quarterstaff",
            date_of_birth="1970-01-01", role=role, status="active", created_at=made, updated_at=made,
        )["id"]
        for username, role, email in SYSTEM_ACCOUNTS
    }  # fmt: skip
    moment = stamp(as_of - timedelta(days=60))
    test = accounts["test.pupil1"]
    _add(book, "class_members", class_id=busy, user_id=test, role="student", joined_at=made, updated_at=made)
    _add(book, "points", user_id=test, class_id=busy, points=9_999, reason="challenge", awarded_at=moment)
    for person in accounts.values():
        _add(book, "logins", user_id=person, logged_in_at=moment, device="desktop", ip_address="198.51.100.7")


def _classes(book: Book, as_of: datetime) -> None:
    """An older version beside the newer, a zero date, a year written in another way, a deletion."""
    classes = book.rows["classes"]
    classes.append({**classes[0], "subject": "Nothing yet", "updated_at": "2022-08-01 08:00:00"})
    classes[1]["ends_on"] = "0000-00-00"
    classes[2]["academic_year"] = classes[2]["academic_year"].replace("/", "-")
    classes[3].update(
        deleted_at=stamp(as_of - timedelta(days=3)), updated_at=stamp(as_of - timedelta(days=3))
    )


def _members(book: Book, busy: int) -> None:
    members = book.rows["class_members"]
    one = members[-1]
    for person in (members[-2]["user_id"], members[-3]["user_id"]):
        _add(book, "class_members", **_without_id(one) | {"class_id": NO_CLASS, "user_id": person})
    _add(book, "class_members", **_without_id(one) | {"user_id": ERASED_USER})
    back = next(row for row in members if row["class_id"] == busy and row["role"] == "student")
    left, again = _later(back["joined_at"], days=30), _later(back["joined_at"], days=60)
    _add(book, "class_members", **_without_id(back) | {"joined_at": again, "updated_at": again})
    back.update(left_at=left, updated_at=left)


def _lessons(book: Book, busy: int) -> None:
    like = _without_id(next(row for row in book.rows["lessons"] if row["class_id"] == busy))
    for changed in (
        {"title": "Why " * 60 + "not?"}, {"title": "Stars and planets 🪐✨"}, {"title": "Nul\x00Island"},
        {"duration_minutes": "an hour"}, {"class_id": NO_CLASS},
    ):  # fmt: skip
        _add(book, "lessons", **like | changed)


def _logins(book: Book) -> None:
    logins = book.rows["logins"]
    logins.append(dict(logins[50]))
    like = _without_id(logins[100])
    for person in (None, ERASED_USER, ERASED_USER):
        _add(book, "logins", **like | {"user_id": person})


def _scores(book: Book) -> None:
    scores = book.rows["scores"]
    graded = [row for row in scores if row["score"]]
    graded[0]["score"], graded[1]["score"] = "-3.00", "47.50"
    graded[2]["score"], graded[2]["max_score"] = "5.00", "0.00"
    graded[3]["score"] = "A*"
    graded[4]["score"] = "7.125"
    graded[5]["submitted_at"] = ZERO
    graded[6]["graded_at"] = ZERO
    graded[7]["graded_at"] = _later(graded[7]["submitted_at"], days=-1)
    scores.append({**graded[8], "score": "0.00", "updated_at": _later(graded[8]["updated_at"], days=-30)})


def _points(book: Book, busy: int) -> None:
    """Ties, more taken back than there was, a word, a class that is gone."""
    points = book.rows["points"]
    totals: Counter[int] = Counter()
    for row in points:
        if row["class_id"] == busy and row["points"] < 9_000:
            totals[row["user_id"]] += row["points"]
    ranked = totals.most_common()
    latest = max(row["awarded_at"] for row in points if row["class_id"] == busy and row["points"] < 9_000)
    first, third = ranked[0][1] + 20, ranked[2][1]
    for place, target in ((0, first), (1, first), (3, third)):
        person, total = ranked[place]
        _add(book, "points", user_id=person, class_id=busy, points=target - total, reason="bonus",
             awarded_at=latest)  # fmt: skip
    last, total = ranked[-1]
    _add(book, "points", user_id=last, class_id=busy, points=-total - 15, reason="taken_back",
         awarded_at=latest)  # fmt: skip
    _add(book, "points", user_id=last, class_id=busy, points="ten", reason="bonus", awarded_at=latest)
    _add(book, "points", user_id=last, class_id=NO_CLASS, points=5, reason="bonus", awarded_at=latest)


def _progress(book: Book) -> None:
    progress = book.rows["progress"]
    progress[0]["percent_complete"], progress[1]["percent_complete"] = "104.50", "250.00"
    done = [row for row in progress if row["status"] == "completed"]
    done[5]["completed_at"] = ZERO
    progress[9]["last_activity_at"] = _later(progress[9]["first_opened_at"], days=-1)
    progress.append(dict(progress[10]))
    progress.append({**progress[11], "lesson_id": NO_LESSON})


def _audit(book: Book) -> None:
    _add(book, "audit", **_without_id(book.rows["audit"][5]) | {"actor_id": ERASED_USER})


def _address_again(book: Book) -> None:
    """The address of a pupil deleted years ago, given to a new pupil of the school: they are two people."""
    users, logins = book.rows["users"], book.rows["logins"]
    gone = [row for row in users if "2023" < (row.get("deleted_at") or "") < "2024"]
    newcomers = {row["school_urn"]: row for row in users if row["created_at"] > "2025-08"}
    old = next(row for row in gone if row["email"] and row["school_urn"] in newcomers)
    like = newcomers[old["school_urn"]]
    new = book.add(
        "users", **_without_id(like) | {"email": old["email"], "username": f"again{len(users) + 1}"}
    )
    for login in [row for row in logins if row["user_id"] == like["id"]][:3]:
        _add(book, "logins", **_without_id(login) | {"user_id": new["id"]})


def _clocks(book: Book, as_of: datetime) -> None:
    """The writer changed to a server ten minutes behind, another clock was days ahead."""
    logins = book.rows["logins"]
    for row in logins[-STEPPED_BACK - 100 : -100]:
        row["logged_in_at"] = _later(row["logged_in_at"], days=0, minutes=-10)
    logins[-1]["logged_in_at"] = stamp(as_of + timedelta(days=2))
    made = {row["id"]: row["created_at"] for row in book.rows["users"]}
    logins[200]["logged_in_at"] = _later(made[logins[200]["user_id"]], days=-2)


def _add(book: Book, table: str, **values: Any) -> None:
    """Under the next id; a row that is there twice does not count."""
    book.rows[table].append({"id": max(row["id"] for row in book.rows[table]) + 1, **values})


def _without_id(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "id"}


def _later(moment: str, **span: int) -> str:
    return stamp(datetime.fromisoformat(moment) + timedelta(**span))
