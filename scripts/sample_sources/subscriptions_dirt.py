"""The sample's deliberate dirt, one function a kind; `subscriptions` says what a run must make of it."""

from __future__ import annotations

from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_tables import Book

ORPHAN_ORGANISATION = 999_001
ORPHAN_SUBSCRIPTION = 999_002


def add_dirt(book: Book) -> None:
    """Spoils a few rows of a told story; counts do not grow with the scale."""
    organisations = book.rows["organisations"]
    sold = [row for row in book.rows["subscriptions"] if row["plan_id"] % 3]  # every third plan is a trial
    _bad_values(book, sold)
    _doubles(book, organisations)
    _names(organisations)
    _orphans(book, sold[5])
    _terms(book, sold)
    _addresses(book)


def _bad_values(book: Book, sold: list[Row]) -> None:
    sold[3]["seats"] = "thirty"
    book.rows["subscription_changes"][2]["annual_value_after"] = "n/a"
    sold[4]["cancelled_at"] = "0000-00-00 00:00:00"
    book.rows["invoices"][6]["paid_on"] = "0000-00-00"


def _doubles(book: Book, organisations: list[Row]) -> None:
    """One key twice with two versions, one row twice, and one school entered as two customers."""
    older = {**organisations[7], "name": "Old name of a school", "updated_at": "2022-03-01 08:00:00"}
    organisations.append(older)
    book.rows["invoices"].append(dict(book.rows["invoices"][9]))
    with_urn = [row for row in organisations if row["urn"]]
    with_urn[20]["urn"] = with_urn[21]["urn"]


def _names(organisations: list[Row]) -> None:
    organisations[10]["name"] = "Sunny Bank Primary School 🌞📚"
    organisations[11]["name"] = "Nul\x00Hill School"
    organisations[12]["name"] = "Very " * 60 + "Long School"
    organisations[13]["urn"] = None
    organisations[14]["urn"] = "tbc"
    organisations[15]["urn"] = "tbc"


def _orphans(book: Book, term: Row) -> None:
    subscriptions = book.rows["subscriptions"]
    orphan = {
        **term,
        "id": len(subscriptions) + 1,
        "organisation_id": ORPHAN_ORGANISATION,
        "renewed_from_id": None,
    }
    subscriptions.append(orphan)
    changes = book.rows["subscription_changes"]
    changes.append({**changes[0], "id": len(changes) + 1, "subscription_id": ORPHAN_SUBSCRIPTION})


def _terms(book: Book, sold: list[Row]) -> None:
    """A term sold twice over the same year, and a change entered eleven weeks after it took effect."""
    subscriptions = book.rows["subscriptions"]
    overlapping = {**sold[9], "id": len(subscriptions) + 1, "renewed_from_id": None}
    subscriptions.append(overlapping)
    back_dated = next(row for row in book.rows["subscription_changes"] if row["effective_on"] < "2026-01-01")
    effective = back_dated["effective_on"]
    month = int(effective[5:7]) + 3
    year = int(effective[:4]) + (month > 12)
    back_dated["recorded_at"] = back_dated["updated_at"] = f"{year}-{(month - 1) % 12 + 1:02d}-18 09:30:00"


def _addresses(book: Book) -> None:
    """Our own staff, a machine, a shared mailbox, an address in capitals and none at all."""
    contacts = book.rows["contacts"]
    contacts[1]["email"] = "pat.demo@ourcompany.example"
    contacts[2]["email"] = "noreply@school3.example.sch.uk"
    contacts[4]["email"] = contacts[3]["email"]
    contacts[5]["email"] = contacts[5]["email"].upper()
    contacts[6]["email"] = None
