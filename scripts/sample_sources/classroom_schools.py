"""One school on the sample e-learning platform: its classes, year by year, while it pays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.classroom_people import People, Pupil
from scripts.sample_sources.classroom_year import NETWORK, ClassYear, Taught
from scripts.sample_sources.customers import Customer
from scripts.sample_sources.school_days import school_days
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import stamp
from scripts.sample_sources.subscriptions_tables import Book

YEARS = (2022, 2023, 2024, 2025)
SUBJECTS = ("Maths", "English", "Science", "History", "Computing")
GRADES = {"primary": (3, 6), "secondary": (7, 11), "post-16": (12, 13)}
FEWEST_DAYS = 15
FADING_DAYS = 120
NOTE = "asked for by telephone"


class SchoolStory:
    """Writes what schools do into the book; nothing is entered at or after `as_of`."""

    def __init__(self, book: Book, rng: Random, as_of: datetime, readers: Iterable[str]) -> None:
        self.book, self.rng, self.as_of = book, rng, as_of
        self.people = People(book, rng, readers)
        self.classes = ClassYear(book, rng, as_of)

    def tell(self, school: Customer) -> None:
        """Everything one school does in the years it paid for; two in three go quiet before they leave."""
        made = datetime.combine(school.spells[0][0], datetime.min.time()) - timedelta(days=6, hours=-9)
        teachers, trainee = self.people.teachers(school, made), self.people.trainee(school, made)
        fades = school.spells[-1][1] < self.as_of.date() and self.rng.random() < 0.65
        groups: list[list[Pupil]] = [[] for _ in range(2 if self.rng.random() < 0.35 else 1)]
        for year in YEARS:
            days = self._days(school, year)
            if len(days) < FEWEST_DAYS:
                continue
            for number, group in enumerate(groups):
                self._renew(school, group, year, days[0])
                row = self._class(school, teachers[number % len(teachers)] if teachers else None, year, days)
                taught = Taught(row, days, [self._liveliness(school, day, fades) for day in days])
                guests = [trainee] if trainee and not number else []
                self._teach(taught, [*group, *guests])

    def _days(self, school: Customer, year: int) -> list[date]:
        """School days of the academic year that the school has paid for, up to yesterday."""
        yesterday = self.as_of.date() - timedelta(days=1)
        covered = (
            school_days(max(first, date(year, 9, 1)), min(last, date(year + 1, 8, 31), yesterday))
            for first, last in school.spells
        )
        return [day for days in covered for day in days]

    @staticmethod
    def _liveliness(school: Customer, day: date, fades: bool) -> float:
        left = (school.spells[-1][1] - day).days
        return max(0.02, (left / FADING_DAYS) ** 2) if fades and left < FADING_DAYS else 1.0

    def _renew(self, school: Customer, group: list[Pupil], year: int, first_day: date) -> None:
        """A quarter of the class leaves in summer, newcomers fill it up to seven to ten."""
        for pupil in [pupil for pupil in group if self.rng.random() < 0.25]:
            group.remove(pupil)
            self._leave(pupil, datetime(year, 8, self.rng.randrange(10, 28), 3, self.rng.randrange(60)))
        made = datetime.combine(first_day, datetime.min.time()) - timedelta(days=2, hours=-11)
        while len(group) < 7 or (len(group) < 10 and self.rng.random() < 0.5):
            group.append(self.people.pupil(school, year, made))

    def _leave(self, pupil: Pupil, moment: datetime) -> None:
        """Soft-deleted or disabled, by the platform itself; the rows stay, and so does what they did."""
        if self.rng.random() < 0.5:
            pupil.account.update(status="deleted", deleted_at=stamp(moment), updated_at=stamp(moment))
            self.audit(None, "user.deleted", "user", pupil.account["id"], moment)
        else:
            pupil.account.update(status="disabled", updated_at=stamp(moment))

    def _class(self, school: Customer, teacher: Row | None, year: int, days: list[date]) -> Row:
        lowest, highest = GRADES.get(school.phase or "", (1, 13))
        grade, subject = self.rng.randint(lowest, highest), self.rng.choice(SUBJECTS)
        code = f"{grade}{self.rng.choice('ABC')}/{subject[:2].upper()}"
        made = datetime.combine(days[0], datetime.min.time()) - timedelta(days=2, hours=-10)
        ends_on = date(year + 1, 7, 20)
        over = ends_on < self.as_of.date()
        row = self.book.add(
            "classes", school_urn=school.urn,
            name=f"Set of {teacher['first_name']} {teacher['last_name']}" if teacher else "Our class",
            code=code, subject=subject, grade_level=f"Year {grade}",
            academic_year=f"{year}/{(year + 1) % 100}", teacher_id=teacher["id"] if teacher else None,
            starts_on=str(days[0]), ends_on=str(ends_on) if self.rng.random() < 0.95 else None,
            status="archived" if over else "active", created_at=stamp(made),
            updated_at=stamp(min(datetime(year + 1, 7, 31, 1), self.as_of) if over else made),
        )  # fmt: skip
        self.audit(row["teacher_id"], "class.created", "class", row["id"], made)
        return row

    def _teach(self, taught: Taught, pupils: list[Pupil]) -> None:
        self.classes.plan(taught)
        joined = datetime.fromisoformat(taught.row["created_at"]) + timedelta(hours=1)
        teacher = taught.row["teacher_id"]
        if teacher:
            self._member(taught, teacher, "teacher", joined)
            for moment in self.classes.visits(taught, 0.8):
                self.classes.login(teacher, moment)
        for lesson in taught.lessons:
            published = datetime.fromisoformat(lesson["updated_at"])
            if lesson["is_published"] and published < self.as_of:
                self.audit(teacher, "lesson.published", "lesson", lesson["id"], published)
        for pupil in pupils:
            membership = self._member(taught, pupil.account["id"], "student", joined)
            self.classes.attend(taught, pupil)
            if self.rng.random() < 0.04:
                left = datetime.combine(taught.days[-1], datetime.min.time()) + timedelta(hours=15)
                membership.update(left_at=stamp(left), updated_at=stamp(left))
            elif self.rng.random() < 0.1:
                moment = datetime.combine(self.rng.choice(taught.days), datetime.min.time())
                self.audit(teacher, "password.reset", "user", pupil.account["id"], moment.replace(hour=8))

    def _member(self, taught: Taught, person: int, role: str, joined: datetime) -> Row:
        return self.book.add(
            "class_members", class_id=taught.row["id"], user_id=person, role=role, joined_at=stamp(joined),
            updated_at=stamp(joined),
        )  # fmt: skip

    def audit(self, actor: int | None, action: str, entity: str, entity_id: int, moment: datetime) -> None:
        """One line of the audit trail, with what must never land: ids, texts, an address."""
        self.book.rows["audit"].append({
            "actor_id": actor, "action": action, "entity": entity, "entity_id": f"{entity}-{entity_id}",
            "details": f'{{"note": "{NOTE}", "{entity}": {entity_id}}}',
            "ip_address": f"{NETWORK}{self.rng.randrange(1, 255)}", "created_at": stamp(moment),
        })  # fmt: skip
