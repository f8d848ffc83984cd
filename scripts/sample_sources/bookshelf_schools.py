"""One school on the sample bookshelf: its licences, its accounts, what they activate and when they read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from scripts.sample_sources.bookshelf_tables import Shelf
from scripts.sample_sources.customers import Customer
from scripts.sample_sources.people import invent
from scripts.sample_sources.school_days import school_days
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import at_work, stamp

PRODUCT = "SHELF"
DEVICES = {"desktop": 0.35, "tablet": 0.5, "phone": 0.15}
LEARNERS = (7, 15)
FADE_DAYS = 120
# Paid terms with the last day covered; a word for a number of seats is the subscription service's own dirt.
_TERMS = """
    SELECT organisation_id, starts_on, min(ends_on, coalesce(date(cancel_effective_on, '-1 day'), ends_on)),
        seats
    FROM subscriptions AS s JOIN plans AS p ON p.id = s.plan_id JOIN products AS b ON b.id = s.product_id
    WHERE b.code = ? AND p.is_trial = 0 AND s.starts_on <= ? AND typeof(seats) = 'integer'
    ORDER BY s.id
"""
Terms = dict[int, list[tuple[date, date, int]]]


def paid_terms(subscriptions: Path, as_of: datetime) -> Terms:
    """Terms of the bookshelf that began by `as_of`, by school: first day, last day, seats."""
    with closing(sqlite3.connect(subscriptions)) as connection:
        rows = connection.execute(_TERMS, (PRODUCT, as_of.date().isoformat())).fetchall()
    terms: Terms = {}
    for school, first, last, seats in rows:
        if first <= last:
            terms.setdefault(school, []).append((date.fromisoformat(first), date.fromisoformat(last), seats))
    return terms


@dataclass
class Reader:
    """An account and how likely it is to read on a day of school."""

    account: Row
    keenness: float
    leaves_on: date


class SchoolOnTheShelf:
    """Enters everything one school did; nothing is later than `as_of`."""

    def __init__(self, shelf: Shelf, rng: Random, as_of: datetime, books: list[Row]) -> None:
        self.shelf, self.rng, self.as_of, self.books = shelf, rng, as_of, books

    def enter(self, school: Customer, terms: list[tuple[date, date, int]]) -> None:
        """Licences in order; the school reads in term time, less and less before some of the lapses."""
        opened = terms[0][0]
        readers = self._readers(school, opened)
        liking = self.rng.choice((0.35, 0.8, 1.0, 1.3))
        lapses = {last for _, last in school.spells if last < self.as_of.date()}
        for first, last, seats in terms:
            sold = at_work(self.rng, first - timedelta(days=self.rng.randrange(1, 30)))
            licence = self.shelf.add(
                "Licences", "LicenceId", SchoolUrn=school.urn, ProductCode=PRODUCT, Seats=seats,
                StartsOn=str(first), EndsOn=str(last), UpdatedAt=stamp(min(sold, self.as_of)),
            )  # fmt: skip
            fades = last in lapses and self.rng.random() < 0.6
            days = school_days(first, min(last, self.as_of.date() - timedelta(days=1)))
            for reader in readers:
                self._licence_of(reader, licence, days, liking, last if fades else None)

    def _readers(self, school: Customer, opened: date) -> list[Reader]:
        readers = [
            self._reader(school, "teacher", who.email, f"{who.first_name} {who.last_name}", opened)
            for who in school.contacts
        ]
        for number in range(self.rng.randint(*LEARNERS)):
            person = invent(self.rng, f"pupils.{school.domain}", school.number * 100 + number)
            joins = opened + timedelta(days=self.rng.choice((0, 0, 0, 365, 730)))
            if joins < self.as_of.date() - timedelta(days=30):
                readers.append(
                    self._reader(
                        school, "learner", person.email, f"{person.first_name} {person.last_name}", joins
                    )
                )
        return readers

    def _reader(self, school: Customer, kind: str, email: str, name: str, joins: date) -> Reader:
        opened = at_work(self.rng, joins)
        leaves = joins + timedelta(days=self.rng.choice((300, 660, 4000, 4000, 4000)))
        gone = leaves < self.as_of.date()
        account = self.shelf.add(
            "Accounts", "AccountId", Email=email, DisplayName=name, AccountType=kind, SchoolUrn=school.urn,
            IsActive=int(not gone), CreatedAt=stamp(opened),
            UpdatedAt=stamp(at_work(self.rng, leaves)) if gone else stamp(opened),
        )  # fmt: skip
        return Reader(account, self.rng.uniform(0.01, 0.12), leaves)

    def _licence_of(
        self, reader: Reader, licence: Row, days: list[date], liking: float, fades_to: date | None
    ) -> None:
        """Some books activated under the licence, then read until it ends or the account closes."""
        joined = date.fromisoformat(reader.account["CreatedAt"][:10])
        days = [day for day in days if joined < day < reader.leaves_on]
        if not days:
            return
        start = self.rng.randrange(min(len(days), 25))
        chosen = self.rng.sample(self.books, self.rng.choices((1, 2, 3), (50, 35, 15))[0])
        for book in chosen:
            self._activate(reader, licence, book, at_work(self.rng, days[start]), days[-1])
        for day in days[start + 1 :]:
            chance = reader.keenness * liking * _left(day, fades_to)
            if self.rng.random() < chance:
                self._read(reader, self.rng.choice(chosen), day)

    def _activate(self, reader: Reader, licence: Row, book: Row, moment: datetime, last: date) -> None:
        revoked = at_work(self.rng, last) if self.rng.random() < 0.03 else None
        self.shelf.add(
            "Activations", "ActivationId", LicenceId=licence["LicenceId"], BookId=book["BookId"],
            AccountId=reader.account["AccountId"], ActivatedAt=stamp(moment),
            RevokedAt=stamp(revoked) if revoked else None, UpdatedAt=stamp(revoked or moment),
        )  # fmt: skip

    def _read(self, reader: Reader, book: Row, day: date) -> None:
        """One sitting in school or in the evening; a tablet that is put away never says when it ended."""
        began = at_work(self.rng, day)
        if self.rng.random() < 0.2:
            began = datetime(day.year, day.month, day.day, 17) + timedelta(seconds=self.rng.randrange(14_400))
        seconds = self.rng.randrange(60, 3600)
        ended = began + timedelta(seconds=seconds + self.rng.randrange(300))
        device = self.rng.choices(list(DEVICES), list(DEVICES.values()))[0]
        silent = device == "tablet" and self.rng.random() < 0.05
        session = str(UUID(int=self.rng.getrandbits(128), version=4))
        self.shelf.add(
            "ReadingSessions", SessionId=session.upper() if device == "desktop" else session,
            AccountId=reader.account["AccountId"], BookId=book["BookId"], StartedAt=stamp(began),
            EndedAt=None if silent else stamp(ended), PagesRead=seconds // self.rng.randrange(60, 180),
            SecondsActive=seconds, Device=device, UpdatedAt=stamp(began if silent else ended),
        )  # fmt: skip


def _left(day: date, fades_to: date | None) -> float:
    """What is left of a school's interest on a day: all of it, or a falling share before a lapse."""
    return 1.0 if fades_to is None else min(1.0, max(0.0, (fades_to - day).days / FADE_DAYS))
