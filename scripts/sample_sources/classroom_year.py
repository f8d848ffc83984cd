"""One class in one academic year: its lessons and what members do in them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.classroom_people import Pupil
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import money, stamp
from scripts.sample_sources.subscriptions_tables import Book

# Everybody takes part in a challenge on this day, so that it is the day with most learners by far.
PEAK_DAY = date(2026, 2, 10)
LESSONS = ("live", "quiz", "recorded", "quiz", "live", "quiz")
TOPICS = ("Getting started", "First check", "Looking closer", "Second check", "Together", "What you know")
DEVICES = {"desktop": 0.45, "tablet": 0.35, "phone": 0.2}
VISITS_A_YEAR = 9
NETWORK = "198.51.100."


@dataclass
class Taught:
    """A class at work: `days` are its school days that the subscription covers, `weights` how lively each."""

    row: Row
    days: list[date]
    weights: list[float]
    lessons: list[Row] = field(default_factory=list)
    marks: dict[int, int] = field(default_factory=dict)


class ClassYear:
    """Tells what happens in classes; nothing is entered at or after `as_of`."""

    def __init__(self, book: Book, rng: Random, as_of: datetime) -> None:
        self.book, self.rng, self.as_of = book, rng, as_of
        self._attempts: Counter[tuple[int, int]] = Counter()

    def plan(self, taught: Taught) -> None:
        """Six lessons spread over the class's days; the last one is often not published yet."""
        for number, (kind, topic) in enumerate(zip(LESSONS, TOPICS, strict=True)):
            day = taught.days[number * len(taught.days) // len(LESSONS)]
            starts = datetime(
                day.year, day.month, day.day, self.rng.randrange(9, 14), 5 * self.rng.randrange(12)
            )
            lesson = self.book.add(
                "lessons", class_id=taught.row["id"], title=f"{taught.row['subject']} {number + 1}: {topic}",
                subject=taught.row["subject"], lesson_type=kind, starts_at=stamp(starts),
                duration_minutes=self.rng.choice((30, 45, 60)),
                is_published=int(number < 5 or self.rng.random() < 0.7),
                updated_at=stamp(starts - timedelta(days=3, hours=1)),
            )  # fmt: skip
            taught.lessons.append(lesson)
            taught.marks[lesson["id"]] = self.rng.choice((10, 20, 40))

    def visits(self, taught: Taught, share: float) -> list[datetime]:
        """Moments of some days of the class, in order; `share` of the usual number, lively days rather."""
        usual = VISITS_A_YEAR * share * sum(taught.weights) / 190
        number = min(len(taught.days), max(1, round(self.rng.gauss(usual, 1.2))))
        ranked = sorted(
            zip(taught.days, taught.weights, strict=True),
            key=lambda day: self.rng.random() ** (1 / max(day[1], 0.001)), reverse=True,
        )  # fmt: skip
        return sorted(self._moment(day) for day, _ in ranked[:number])

    def _moment(self, day: date) -> datetime:
        hour = self.rng.randrange(17, 20) if self.rng.random() < 0.2 else self.rng.randrange(8, 15)
        return datetime(day.year, day.month, day.day, hour, self.rng.randrange(60), self.rng.randrange(60))

    def attend(self, taught: Taught, pupil: Pupil) -> None:
        """A pupil's year: logins, lessons opened and finished, quizzes, points."""
        moments = self.visits(taught, 0.25 + pupil.diligence)
        if PEAK_DAY in taught.days:
            moments = [moment for moment in moments if moment.date() != PEAK_DAY] + [self._moment(PEAK_DAY)]
        done: dict[int, Row] = {}
        for moment in sorted(moments):
            self.login(pupil.account["id"], moment)
            if moment.date() == PEAK_DAY:
                self.award(taught, pupil, 5, "challenge", moment + timedelta(minutes=3))
            self._study(taught, pupil, moment + timedelta(minutes=2), done)

    def login(self, person: int, moment: datetime) -> None:
        device = self.rng.choices(list(DEVICES), list(DEVICES.values()))[0]
        address = f"{NETWORK}{self.rng.randrange(1, 255)}"
        self.book.rows["logins"].append(
            {"user_id": person, "logged_in_at": stamp(moment), "device": device, "ip_address": address}
        )

    def _study(self, taught: Taught, pupil: Pupil, moment: datetime, done: dict[int, Row]) -> None:
        """Goes on with the first open lesson that is not finished, else takes the last quiz again."""
        now = stamp(moment)
        open_now = [row for row in taught.lessons if row["is_published"] and row["starts_at"] <= now]
        unfinished = [row for row in open_now if done.get(row["id"], {}).get("status") != "completed"]
        quizzes = [row for row in open_now if row["lesson_type"] == "quiz"]
        if unfinished:
            self._go_on(taught, pupil, unfinished[0], moment, done)
        elif quizzes and self.rng.random() < 0.3:
            self._hand_in(taught, pupil, quizzes[-1], moment)

    def _go_on(
        self, taught: Taught, pupil: Pupil, lesson: Row, moment: datetime, done: dict[int, Row]
    ) -> None:
        seconds = self.rng.randrange(120, 2400)
        last = stamp(moment + timedelta(seconds=seconds))
        if lesson["id"] not in done:
            done[lesson["id"]] = {
                "user_id": pupil.account["id"], "lesson_id": lesson["id"], "percent_complete": "0.00",
                "seconds_spent": 0, "status": "started", "first_opened_at": stamp(moment),
            }  # fmt: skip
            self.book.rows["progress"].append(done[lesson["id"]])
        row = done[lesson["id"]]
        percent = min(100.0, float(row["percent_complete"]) + self.rng.uniform(30, 90) + 20 * pupil.diligence)
        row.update(
            percent_complete=money(percent), seconds_spent=row["seconds_spent"] + seconds,
            last_activity_at=last, updated_at=last,
        )  # fmt: skip
        if percent >= 100.0:
            row.update(status="completed", completed_at=last)
            finished = moment + timedelta(seconds=seconds)
            if lesson["lesson_type"] == "quiz":
                self._hand_in(taught, pupil, lesson, finished)
            elif self.rng.random() < 0.8:
                self.award(taught, pupil, 10, "lesson_completed", finished)

    def _hand_in(self, taught: Taught, pupil: Pupil, lesson: Row, moment: datetime) -> None:
        """An attempt at a quiz; the newest ones are not graded yet."""
        most = taught.marks[lesson["id"]]
        share = min(1.0, max(0.0, self.rng.gauss(0.4 + 0.45 * pupil.diligence, 0.15)))
        graded = moment + timedelta(minutes=1) + timedelta(days=self.rng.choice((0, 0, 0, 2)))
        is_graded = graded < self.as_of and self.rng.random() < 0.97
        person = pupil.account["id"]
        self._attempts[person, lesson["id"]] += 1
        self.book.rows["scores"].append({
            "user_id": person, "lesson_id": lesson["id"], "attempt": self._attempts[person, lesson["id"]],
            "score": money(round(2 * share * most) / 2) if is_graded else None, "max_score": money(most),
            "submitted_at": stamp(moment), "graded_at": stamp(graded) if is_graded else None,
            "updated_at": stamp(graded if is_graded else moment),
        })  # fmt: skip
        if is_graded and share >= 0.8:
            self.award(taught, pupil, 20, "quiz_well_done", graded)

    def award(self, taught: Taught, pupil: Pupil, points: int, reason: str, moment: datetime) -> None:
        """Points; of some the teacher thinks better and takes them back a day later."""
        row = {"user_id": pupil.account["id"], "class_id": taught.row["id"], "points": points}
        self.book.rows["points"].append({**row, "reason": reason, "awarded_at": stamp(moment)})
        regret = moment + timedelta(days=1, minutes=self.rng.randrange(60))
        if regret < self.as_of and self.rng.random() < 0.03:
            taken = {**row, "points": -points, "reason": "taken_back", "awarded_at": stamp(regret)}
            self.book.rows["points"].append(taken)
