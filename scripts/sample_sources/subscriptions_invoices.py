"""What becomes of invoices once the story is told, with chances of its own: nothing else moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import at_work, stamp
from scripts.sample_sources.subscriptions_tables import Book

UNPAID = 0.35
PAID_LATE = 0.5


def leave_unpaid(book: Book, as_of: datetime) -> None:
    """Of paid terms that ended and were not renewed a third is paid months late, or never."""
    renewed = {row.get("renewed_from_id") for row in book.rows["subscriptions"]}
    left = {
        row["id"]
        for row in book.rows["subscriptions"]
        if row["plan_id"] % 3 and row["id"] not in renewed and row["ends_on"] < str(as_of.date())
    }
    for invoice in book.rows["invoices"]:
        rng = Random(f"unpaid {invoice['subscription_id']}")
        if invoice["subscription_id"] in left and rng.random() < UNPAID:
            _pay_late(invoice, rng, as_of)


def _pay_late(invoice: Row, rng: Random, as_of: datetime) -> None:
    issued = date.fromisoformat(invoice["issued_on"])
    paid_on = issued + timedelta(days=rng.randrange(150, 400))
    if paid_on < as_of.date() and rng.random() < PAID_LATE:
        invoice.update(status="paid", paid_on=str(paid_on), updated_at=stamp(at_work(rng, paid_on)))
    else:
        invoice.update(status="open", paid_on=None, updated_at=stamp(at_work(rng, issued)))


def add_credit_notes(book: Book) -> None:
    """Two credit notes for what cancelled terms did not cover, and an invoice written twice, once void."""
    cancelled = [row for row in book.rows["subscriptions"] if row["status"] == "cancelled"]
    for term in cancelled[:2]:
        day = term["cancelled_at"][:10]
        book.add(
            "invoices", subscription_id=term["id"], issued_on=day,
            amount=f"-{float(term['annual_value']) / 2:.2f}", currency=term["currency"], status="paid",
            paid_on=day, updated_at=term["cancelled_at"],
        )  # fmt: skip
    twin = book.rows["invoices"][20]
    like = {name: value for name, value in twin.items() if name != "id"}
    book.add("invoices", **like | {"status": "void", "paid_on": None})
