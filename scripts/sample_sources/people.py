"""Invented people of the sample: names, job roles and addresses.

Addresses end in `.example.sch.uk`, `example.org` or `.example`, which nobody can own, so a sample can never
reach a real mailbox. The names are common ones put together at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FIRST_NAMES = (
    "Aisha", "Aled", "Amelia", "Benedict", "Catrin", "Chloë", "Daniel", "Eilidh", "Farah", "George", "Hamza",
    "Imogen", "Jack", "Joanna", "Kwame", "Leila", "Mairead", "Nathan", "Olivia", "Priya", "Rhys", "Siân",
    "Tariq", "Una", "Yusuf", "Zoë",
)  # fmt: skip
LAST_NAMES = (
    "Ahmed", "Bennett", "Byrne", "Campbell", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones",
    "Kaur", "Lewis", "MacLeod", "Murphy", "Nowak", "O'Neill", "Okafor", "Patel", "Roberts", "Smith", "Taylor",
    "Walker", "Wright",
)  # fmt: skip
JOB_ROLES = (
    "headteacher", "deputy_head", "business_manager", "it_manager", "head_of_department", "librarian",
    "teacher",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One contact as the service's user would type it; everything but `job_role` identifies."""

    first_name: str
    last_name: str
    email: str
    job_role: str


def invent(rng: Random, domain: str, number: int) -> Person:
    """One person at `domain`; `number` keeps two namesakes of one school apart."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    local = f"{first}.{last}".lower().replace("'", "").replace("ë", "e").replace("â", "a")
    return Person(first, last, f"{local}{number}@{domain}", rng.choice(JOB_ROLES))
