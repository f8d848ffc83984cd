"""When accounts of a school stay away: most that leave go quiet before, some that stay have a weak term.

Applied to what was told already, with chances of its own: it takes activities out and moves nothing else, so
that a sample with more of it is the same sample with less use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.customers import Customer

FADING = 0.75
FADING_UNDECIDED = 0.2
WEAK_TERM = 0.25
FADING_DAYS = 270
# Of a school that fades some stay until the end, and in a weak term some come all the same.
LOYAL, PRESENT = 0.15, 0.35
# First and last day of the terms of a school year, September being the first month.
TERMS = (((9, 1), (12, 31)), ((1, 1), (4, 15)), ((4, 16), (8, 31)))


@dataclass(frozen=True)
class Absence:
    """Days on which an account does nothing, both inclusive."""

    first: str
    last: str

    def covers(self, moment: str | None) -> bool:
        return bool(moment) and self.first <= str(moment)[:10] <= self.last


Absences = Callable[[str | None, int], Absence | None]


def absences_of(platform: str, schools: Iterable[Customer], as_of: datetime) -> Absences:
    """URN and account → when that account is absent; without a URN never, since nobody measures that."""
    moods = {
        school.urn: mood
        for school in schools
        if school.urn and (mood := _mood(platform, school, as_of.date()))
    }

    def absence(urn: str | None, account: int) -> Absence | None:
        mood = moods.get((urn or "").strip())
        return mood(Random(f"quiet {platform} {urn} {account}")) if mood else None

    return absence


def _mood(platform: str, school: Customer, today: date) -> Callable[[Random], Absence | None] | None:
    """How a school's accounts behave beyond what their own keenness says."""
    rng = Random(f"mood {platform} {school.number}")
    last = school.spells[-1][1]
    chance = FADING if last < today else FADING_UNDECIDED if last <= today + timedelta(days=62) else 0.0
    if rng.random() < chance:
        return lambda person: _stops(person, last)
    if rng.random() < WEAK_TERM:
        first, until = rng.choice(school.spells)
        days = max(1, (min(until, today) - first).days)
        first_day, last_day = _term_of(first + timedelta(days=rng.randrange(days)))
        return lambda person: None if person.random() < PRESENT else Absence(str(first_day), str(last_day))
    return None


def _stops(person: Random, last: date) -> Absence | None:
    """Most people stop on some day of the last months, one after the other."""
    if person.random() < LOYAL:
        return None
    return Absence(str(last - timedelta(days=person.randrange(FADING_DAYS))), "9999-12-31")


def _term_of(day: date) -> tuple[date, date]:
    for (month, first), (last_month, last) in TERMS:
        begins, ends = date(day.year, month, first), date(day.year, last_month, last)
        if begins <= day <= ends:
            return begins, ends
    raise ValueError(f"{day} is in no term")
