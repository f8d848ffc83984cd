"""Who bought what, read from the written subscription sample: other samples are of the same schools."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

DAY = timedelta(days=1)
_TERMS = """
    SELECT organisation_id, starts_on, min(ends_on, coalesce(date(cancel_effective_on, '-1 day'), ends_on))
    FROM subscriptions AS s JOIN plans AS p ON p.id = s.plan_id JOIN products AS b ON b.id = s.product_id
    WHERE b.code = ? AND p.is_trial = 0 AND s.starts_on <= ?
    ORDER BY organisation_id, starts_on
"""
# Of a key that is there twice the newer counts; our own and machines' addresses are nobody's at a school.
_SCHOOLS = "SELECT id, urn, phase, country FROM organisations ORDER BY updated_at"
_CONTACTS = """
    SELECT organisation_id, first_name, last_name, email, job_role FROM contacts
    WHERE email IS NOT NULL AND email NOT LIKE '%@ourcompany.example' AND email NOT LIKE 'noreply@%'
    ORDER BY id
"""


@dataclass(frozen=True)
class Contact:
    """A person at a school as the subscription service knows them."""

    first_name: str
    last_name: str
    email: str
    job_role: str


@dataclass(frozen=True)
class Customer:
    """A school that paid for a product. `spells`: runs of days covered, first and last, in order, apart by a
    day or more; the last may end after the sample's clock."""

    number: int
    urn: str | None
    phase: str | None
    domain: str
    spells: tuple[tuple[date, date], ...]
    contacts: tuple[Contact, ...]


def customers_of(path: Path, product: str, as_of: datetime) -> list[Customer]:
    """Schools with a paid term of `product` that began by `as_of`, by number; trials do not count."""
    with closing(sqlite3.connect(path)) as connection:
        terms = connection.execute(_TERMS, (product, as_of.date().isoformat())).fetchall()
        schools = {row[0]: row for row in connection.execute(_SCHOOLS)}
        contacts: dict[int, list[Contact]] = {}
        for number, *person in connection.execute(_CONTACTS):
            contacts.setdefault(number, []).append(Contact(*person))
    covered: dict[int, list[tuple[date, date]]] = {}
    for number, first, last in terms:
        covered.setdefault(number, []).append((date.fromisoformat(first), date.fromisoformat(last)))
    return [
        Customer(*_school(schools[number]), _spells(days), tuple(contacts.get(number, ())))
        for number, days in covered.items()
        if number in schools
    ]


def _school(row: tuple[int, str | None, str | None, str]) -> tuple[int, str | None, str | None, str]:
    number, urn, phase, country = row
    return number, urn, phase, f"school{number}.example.sch.uk" if country == "GB" else "example.org"


def _spells(terms: list[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """Terms that touch or overlap are one spell; one that was cancelled before it began is none."""
    spells: list[tuple[date, date]] = []
    for first, last in sorted(term for term in terms if term[0] <= term[1]):
        if spells and first <= spells[-1][1] + DAY:
            spells[-1] = spells[-1][0], max(spells[-1][1], last)
        else:
            spells.append((first, last))
    return tuple(spells)
