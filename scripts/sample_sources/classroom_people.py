"""Accounts of the sample e-learning platform: teachers, pupils, parents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.customers import Contact, Customer
from scripts.sample_sources.people import FIRST_NAMES, LAST_NAMES
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import stamp
from scripts.sample_sources.subscriptions_tables import Book

# Ages at which children enter and leave a phase; schools without one teach all.
AGES = {"primary": (7, 10), "secondary": (11, 15), "post-16": (16, 17)}


@dataclass(eq=False)
class Pupil:
    """One pupil's account; `diligence` (0 to 1) says how much of the work the pupil does."""

    account: Row
    diligence: float
    born: date


class People:
    """Makes accounts; every username is there once."""

    def __init__(self, book: Book, rng: Random, readers: Iterable[str]) -> None:
        self.book, self.rng = book, rng
        self._readers: dict[str, list[str]] = {}
        for address in readers:
            self._readers.setdefault(address.rpartition("@")[2].removeprefix("pupils."), []).append(address)

    def account(self, role: str, school: Customer, name: tuple[str, str], email: str | None,
                made: datetime, born: date) -> Row:  # fmt: skip
        """One account; usernames carry a number, as namesakes are common."""
        number = len(self.book.rows["users"]) + 1
        first, last = name
        username = f"{first}.{last}{number}".lower().replace("'", "")
        return self.book.add(
            "users", email=email, username=username, first_name=first, last_name=last,
            date_of_birth=str(born), role=role, school_urn=school.urn, status="active",
            created_at=stamp(made), updated_at=stamp(made),
        )  # fmt: skip

    def teachers(self, school: Customer, made: datetime) -> list[Row]:
        """Contacts but the last, or the only one, under the address that the subscription service knows."""
        contacts = school.contacts[:-1] or school.contacts
        return [self._from_contact("teacher", school, contact, made) for contact in contacts]

    def trainee(self, school: Customer, made: datetime) -> Pupil | None:
        """The last of several contacts learns with a class; some of these are learners on Moodle too."""
        if len(school.contacts) < 2:
            return None
        account = self._from_contact("student", school, school.contacts[-1], made)
        return Pupil(account, 0.9, date.fromisoformat(account["date_of_birth"]))

    def _from_contact(self, role: str, school: Customer, contact: Contact, made: datetime) -> Row:
        born = date(self.rng.randrange(1962, 1999), self.rng.randrange(1, 13), self.rng.randrange(1, 29))
        return self.account(role, school, (contact.first_name, contact.last_name), contact.email, made, born)

    def pupil(self, school: Customer, year: int, made: datetime) -> Pupil:
        """A child of the school's ages in `year`; two in three have an address at the school."""
        youngest, oldest = AGES.get(school.phase or "", (7, 17))
        age = self.rng.randint(youngest, oldest)
        born = date(year - age - 1, 9, 1) + timedelta(days=self.rng.randrange(365))
        name = self.rng.choice(FIRST_NAMES), self.rng.choice(LAST_NAMES)
        account = self.account("student", school, name, self._address(school), made, born)
        if self.rng.random() < 0.15:
            self._parent(school, name[1], made)
        return Pupil(account, self.rng.betavariate(3, 2), born)

    def _address(self, school: Customer) -> str | None:
        """Of one who reads on the bookshelf, while there are any of the school; one in three has none."""
        if self.rng.random() < 0.34:
            return None
        # Schools abroad share a domain, which says nothing of the school.
        readers = self._readers.get(school.domain) if school.urn else None
        return readers.pop(0) if readers else f"pupil{len(self.book.rows['users']) + 1}@{school.domain}"

    def _parent(self, school: Customer, last_name: str, made: datetime) -> None:
        number = len(self.book.rows["users"]) + 1
        name = self.rng.choice(FIRST_NAMES), last_name
        born = date(1984, 5, 1) + timedelta(days=self.rng.randrange(2000))
        parent = self.account("parent", school, name, f"parent{number}@example.org", made, born)
        parent["school_urn"] = None
