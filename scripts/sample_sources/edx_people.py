"""Accounts of the sample's edX organisation: learners, staff, beta testers, a worker, retired users.

Addresses end in `.example` or `.example.org`, which nobody can own, or are those of other samples' people.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from scripts.sample_sources.edx_writer import Table
from scripts.sample_sources.people import FIRST_NAMES, LAST_NAMES

LEARNERS_PER_SCALE = 250
SHARED_PER_SCALE = 12
FIRST_ID = 1_000_101
STREET, GOAL, BIO = "Quincunx Terrace", "I want to lead like a heron", "Collects astrolabes at weekends"
STAFF = ("instructor", "staff", "beta_testers", "beta_testers")
WORKER = "course_discovery_worker"
EDUCATION = ("p", "m", "m", "b", "b", "b", "a", "hs", "jhs", "other", "none", "p_se", "", None)
COUNTRIES = ("GB", "GB", "IN", "US", "NG", "AU", "DE", "BR", "", None)

USER_COLUMNS = (
    "id", "username", "first_name", "last_name", "email", "password", "is_staff", "is_active", "is_superuser",
    "last_login", "date_joined", "status", "email_key", "avatar_type", "country", "show_country",
    "date_of_birth", "interesting_tags", "ignored_tags", "email_tag_filter_strategy",
    "display_tag_filter_strategy", "consecutive_days_visit_count",
)  # fmt: skip
# The last eleven of auth_user are constants since edX took its forum's columns away.
USER_CONSTANTS = ("", None, "", "", 0, None, "", "", 0, 0, 0)
PROFILE_COLUMNS = (
    "id", "user_id", "name", "language", "location", "meta", "courseware", "gender", "mailing_address",
    "year_of_birth", "level_of_education", "goals", "country", "city", "bio", "profile_image_uploaded_at",
    "state",
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One account; `role` is learner, staff, worker or one of edX's course roles.

    `retired_at` erases it; `moves` says when its address changes, and to which.
    """

    id: int
    username: str
    email: str
    name: str
    joined: datetime
    role: str = "learner"
    gender: str | None = None
    born: int | None = None
    education: str | None = None
    country: str | None = None
    confirmed: bool = True
    retired_at: datetime | None = None
    moves: tuple[datetime, str] | None = None

    def as_of(self, now: datetime) -> Account:
        """The account as a snapshot at `now` shows it: a retired one keeps its id and loses the rest."""
        if self.moves and self.moves[0] <= now:
            return replace(self, email=self.moves[1])
        if self.retired_at is None or self.retired_at > now:
            return self
        hashed = hashlib.sha1(self.username.encode(), usedforsecurity=False).hexdigest()
        name = f"retired__user_{hashed}"
        return replace(self, username=name, email=f"{name}@retired.invalid", name="", gender=None, born=None,
                       education=None, country=None, confirmed=False)  # fmt: skip


def invent_accounts(rng: Random, scale: int, shared: Sequence[str]) -> list[Account]:
    """Staff first, then scale × 250 learners, the first ones under the addresses of `shared`."""
    accounts = [_staff(rng, place, role) for place, role in enumerate(STAFF * 2)]
    accounts.append(Account(FIRST_ID + len(accounts), WORKER, f"{WORKER}@unix.example", "",
                            datetime(2016, 9, 1, 8), role="worker"))  # fmt: skip
    known = list(shared[: SHARED_PER_SCALE * scale])
    for place in range(LEARNERS_PER_SCALE * scale):
        number = FIRST_ID + 100 + 7 * place
        accounts.append(_learner(rng, number, known[place] if place < len(known) else None))
    return accounts


def _staff(rng: Random, place: int, role: str) -> Account:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    username = f"{role.removesuffix('_testers')}_{last.lower().replace(chr(39), '')}{place}"
    return Account(FIRST_ID + place, username, f"{username}@unix.example", f"{first} {last}",
                   datetime(2019, 2, 4, 9, place), role=role, education="p", country="AU")  # fmt: skip


def _learner(rng: Random, number: int, email: str | None) -> Account:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    username = f"{first}{last}{number % 100_000}".replace("'", "")
    joined = datetime(2025, 1, 1) + timedelta(seconds=rng.randrange(365 * 86_400))
    return Account(
        number, username, email or f"{username.lower()}@learners.example", f"{first} {last}", joined,
        gender=rng.choice(("m", "f", "m", "f", "o", "", None)),
        born=rng.choice((None, rng.randrange(1955, 2007), rng.randrange(1975, 2003))),
        education=rng.choice(EDUCATION), country=rng.choice(COUNTRIES), confirmed=rng.random() > 0.03,
    )  # fmt: skip


def user_table(accounts: Sequence[Account], seen: dict[int, datetime], now: datetime) -> Table:
    """auth_user; `seen` has the last login by account, where there was one."""
    table = Table(USER_COLUMNS)
    for account in (person.as_of(now) for person in accounts):
        flags = account.role == "staff", account.confirmed, False
        moments = seen.get(account.id), account.joined
        table.add(
            account.id, account.username, "", "", account.email, "", *flags, *moments, *USER_CONSTANTS
        )  # fmt: skip
    return table


def profile_table(accounts: Sequence[Account], now: datetime) -> Table:
    """auth_userprofile, its id another number than the user's; every fifth has text in all free fields."""
    table = Table(PROFILE_COLUMNS)
    for account in (person.as_of(now) for person in accounts):
        wordy = account.id % 5 == 0 and account.name
        meta = json.dumps({"session_id": None, "old_names": [["Old Name", "new"]]}) if wordy else ""
        address = f"{account.id % 97} {STREET}\r\nFlat\t{account.id % 7}" if wordy else ""
        table.add(_profile_id(account), account.id, account.name, "", "", meta, "course.xml", account.gender,
                  address, account.born, account.education, f"{GOAL}\r\nand more" if wordy else "",
                  account.country, "", BIO if wordy else None, None, None)  # fmt: skip
    return table


def map_table(accounts: Sequence[Account], now: datetime) -> Table:
    """user_id_map; a user who never got an anonymous id is absent: every fortieth."""
    table = Table(("hash_id", "user_id", "username"))
    for account in (person.as_of(now) for person in accounts):
        if account.id % 40:
            table.add(hexed(f"site {account.id}"), account.id, account.username)
    return table


def language_table(accounts: Sequence[Account]) -> Table:
    """student_languageproficiency of every third account, by profile."""
    table = Table(("id", "user_profile_id", "code"))
    for account in accounts:
        if account.id % 3 == 0:
            table.add(account.id % 100_000, _profile_id(account), ("en", "es", "zh", "de")[account.id % 4])
    return table


def hexed(text: str) -> str:
    """32 hex digits of a text, as edX's anonymous ids look."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _profile_id(account: Account) -> int:
    return account.id + 500_000
