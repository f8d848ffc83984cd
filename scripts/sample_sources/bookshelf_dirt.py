"""The sample bookshelf's deliberate dirt; `bookshelf` says what a run must make of each kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from scripts.sample_sources.bookshelf_tables import Shelf
from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import stamp

UNKNOWN_BOOK = 999_001
UNKNOWN_SCHOOLS = ("999999", "n/a")
NEVER_LANDS = ("Shelf Owner", "Night Robot", "owner.private@", "class3@", "noreply@bookshelf")
ENTERED = "2024-01-10 09:00:00"


def add_dirt(shelf: Shelf) -> None:
    """Spoils and adds a few rows of a full shelf; counts do not grow with the scale."""
    sessions, activations = shelf.rows["ReadingSessions"], shelf.rows["Activations"]
    _accounts(shelf)
    _times(sessions)
    _values(sessions, shelf.rows["Accounts"])
    _unknown(shelf)
    _over_the_seats(shelf, activations)
    _doubles(shelf.rows["Accounts"], sessions)


def _accounts(shelf: Shelf) -> None:
    """The publisher's own people, a machine, a mailbox of a whole class, and accounts without an address."""
    for name, email, kind in (
        ("Shelf Owner", "shelf.owner@ourcompany.example", "publisher"),
        ("Shelf Owner at home", "owner.private@example.org", "publisher"),
        ("Shelf Owner reading", "pat.demo@ourcompany.example", "teacher"),
        ("Night Robot", "noreply@bookshelf.example", "learner"),
        ("Class 3 A", "class3@example.org", "learner"),
        ("Class 3 B", "Class3@Example.org", "learner"),
        ("Reader without Address", None, "learner"),
        ("Reader with Empty Address", " ", "Learner"),
    ):
        account = shelf.add(
            "Accounts", "AccountId", Email=email, DisplayName=name, AccountType=kind, IsActive=1,
            CreatedAt=ENTERED, UpdatedAt=ENTERED,
        )  # fmt: skip
        _session(shelf, account, len(shelf.rows["ReadingSessions"]))


def _session(shelf: Shelf, account: Row, number: int) -> None:
    began = datetime(2024, 2, 6, 10) + timedelta(minutes=number % 60)
    shelf.add(
        "ReadingSessions", SessionId=str(UUID(int=number + 1)), AccountId=account["AccountId"], BookId=1,
        StartedAt=stamp(began), EndedAt=stamp(began + timedelta(minutes=9)), PagesRead=4, SecondsActive=500,
        Device="Desktop", UpdatedAt=stamp(began + timedelta(minutes=9)),
    )  # fmt: skip


def _times(sessions: list[Row]) -> None:
    """Sittings that end before they start (a device's clock was put back) and some that last over a day."""
    for row in sessions[20:23]:
        row["EndedAt"] = stamp(datetime.fromisoformat(row["StartedAt"]) - timedelta(minutes=55))
    for row in sessions[30:32]:
        row["EndedAt"] = stamp(datetime.fromisoformat(row["StartedAt"]) + timedelta(hours=31))
        row.update(SecondsActive=111_600, UpdatedAt=row["EndedAt"])


def _values(sessions: list[Row], accounts: list[Row]) -> None:
    for row in sessions[40:43]:
        row["PagesRead"] = -row["PagesRead"] - 1
    sessions[50]["PagesRead"] = "12 pages"
    sessions[51]["SecondsActive"] = -3600
    accounts[3]["SchoolUrn"] = f" {accounts[3]['SchoolUrn'] or '000000'} "
    accounts[4]["SchoolUrn"] = "000000"


def _unknown(shelf: Shelf) -> None:
    """A book that was withdrawn and deleted, and licences of schools nobody knows."""
    shelf.rows["ReadingSessions"][60]["BookId"] = UNKNOWN_BOOK
    shelf.rows["Activations"][10]["BookId"] = UNKNOWN_BOOK
    for urn in UNKNOWN_SCHOOLS:
        shelf.add(
            "Licences", "LicenceId", SchoolUrn=urn, ProductCode="shelf ", Seats=30, StartsOn="2024-09-01",
            EndsOn="2025-08-31", UpdatedAt=ENTERED,
        )  # fmt: skip


def _over_the_seats(shelf: Shelf, activations: list[Row]) -> None:
    """The licence with most activations has two seats: the service counts and does not refuse."""
    counts: dict[int, int] = {}
    for row in activations:
        counts[row["LicenceId"]] = counts.get(row["LicenceId"], 0) + 1
    most = max(counts, key=lambda licence: (counts[licence], -licence))
    shelf.rows["Licences"][most - 1]["Seats"] = 2


def _doubles(accounts: list[Row], sessions: list[Row]) -> None:
    """One key twice with two versions, one row twice word for word."""
    accounts.append({**accounts[7], "AccountType": "learner", "UpdatedAt": "2022-03-01 08:00:00"})
    accounts[7]["AccountType"] = "teacher"
    sessions.append(dict(sessions[70]))
