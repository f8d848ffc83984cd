"""The story of one school: lead, trials, terms, changes, renewals, lapses, returns, invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from scripts.sample_sources.sqlite_tables import Row
from scripts.sample_sources.subscriptions_schools import CURRENCIES, PRODUCTS, SEATS, at_work, money, stamp
from scripts.sample_sources.subscriptions_tables import Book

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
# What follows a term that ran to its end. Late: some weeks without cover, then a renewal.
ENDINGS = {"renewed": 0.72, "late": 0.06, "swapped": 0.06, "lapsed": 0.16}
LAPSE_REASONS = ("price", "not_used", "other_supplier", "school_merged", "staff_left")


@dataclass
class Deal:
    """One school buying one product; `seats` and `price` are carried from term to term."""

    school: Row
    product: int
    currency: str
    seats: int
    price: float
    plan: int
    previous: Row | None = None


class Story:
    """Writes what one school did into the book; nothing is entered after `as_of`."""

    def __init__(self, book: Book, rng: Random, as_of: datetime) -> None:
        self.book, self.rng, self.as_of, self.today = book, rng, as_of, as_of.date()

    def tell(self, school: Row, first_year: int) -> None:
        """Everything the school does; one in eight looks at a product and never buys."""
        lead = self._lead(school)
        if self.rng.random() < 0.12:
            self._lost_trial(school, lead)
            return
        lead["status"] = "converted"
        terms = self.book.rows["subscriptions"]
        before = len(terms)
        for product in self.rng.sample(
            range(1, len(PRODUCTS) + 1), self.rng.choices((1, 2, 3), (35, 40, 25))[0]
        ):
            deal = self._deal(school, product)
            starts_on = self._season(first_year)
            if self.rng.random() < 0.5:
                self._trial(deal, lead, starts_on)
            self._terms(deal, starts_on)
        covered = any(term["status"] == "active" for term in terms[before:])
        school["status"] = "customer" if covered else "former"
        school["updated_at"] = max(school["updated_at"], *(term["updated_at"] for term in terms[before:]))

    def _deal(self, school: Row, product: int) -> Deal:
        currency = "EUR" if school["country"] == "IE" else "GBP"
        typical = SEATS.get(school["phase"], 600)
        seats = max(10, round(typical * self.rng.uniform(0.5, 1.5)))
        if PRODUCTS[product - 1][0] == "CPD":
            seats = max(5, seats // 12)
        return Deal(
            school, product, currency, seats, self._price(product, currency), _plan(product, currency, 1)
        )

    @staticmethod
    def _price(product: int, currency: str) -> float:
        return PRODUCTS[product - 1][3] * CURRENCIES[currency]

    def _season(self, year: int) -> date:
        """Most schools start on 1 September, some in January or April, a few on any day."""
        month, day = self.rng.choices(((9, 1), (10, 1), (1, 1), (4, 15), (0, 0)), (62, 8, 14, 6, 10))[0]
        if not month:
            return date(year, 9, 1) + timedelta(days=self.rng.randrange(270))
        return date(year + (month < 9), month, day)

    def _lead(self, school: Row) -> Row:
        campaign = self.rng.choice((None, None, "Autumn show", "Reading week", "Head teachers' letter"))
        return self.book.add(
            "leads", organisation_id=school["id"], channel=school["channel"], campaign=campaign,
            status=self.rng.choice(("open", "qualified", "lost")), created_at=school["created_at"],
            updated_at=school["updated_at"],
        )  # fmt: skip

    def _lost_trial(self, school: Row, lead: Row) -> None:
        started = date.fromisoformat(school["created_at"][:10]) + timedelta(days=self.rng.randrange(5, 120))
        self.book.add(
            "trials", organisation_id=school["id"], product_id=self.rng.randint(1, len(PRODUCTS)),
            lead_id=lead["id"], started_on=str(started), ends_on=str(started + 30 * DAY),
            lost_reason=self.rng.choice(("price", "no_reply", "other_supplier")),
            updated_at=stamp(at_work(self.rng, started + 31 * DAY)),
        )  # fmt: skip

    def _trial(self, deal: Deal, lead: Row, paid_from: date) -> None:
        """A trial, and the trial term with its list price that must not count as value."""
        started = paid_from - timedelta(days=self.rng.randrange(45, 100))
        if started >= self.today:
            return
        moment = stamp(at_work(self.rng, started))
        self.book.add(
            "trials", organisation_id=deal.school["id"], product_id=deal.product, lead_id=lead["id"],
            started_on=str(started), ends_on=str(started + 30 * DAY),
            converted_subscription_id=len(self.book.rows["subscriptions"]) + 2, updated_at=moment,
        )  # fmt: skip
        self.book.add(
            "subscriptions", organisation_id=deal.school["id"], product_id=deal.product,
            plan_id=_plan(deal.product, deal.currency, 3), starts_on=str(started),
            ends_on=str(started + 30 * DAY), seats=deal.seats, annual_value=money(deal.seats * deal.price),
            currency=deal.currency, status="expired" if started + 30 * DAY < self.today else "active",
            created_at=moment, updated_at=moment,
        )  # fmt: skip

    def _terms(self, deal: Deal, starts_on: date) -> None:
        """Term after term until the school leaves for good or the story reaches today."""
        while starts_on <= self.today or (deal.previous and starts_on <= self.today + 60 * DAY):
            if starts_on > self.today and self.rng.random() < 0.6:
                return  # not renewed yet
            term = self._term(deal, starts_on)
            ends_on = date.fromisoformat(term["ends_on"])
            if term["status"] == "cancelled":
                return
            ending = self.rng.choices(list(ENDINGS), list(ENDINGS.values()))[0]
            next_start = ends_on + DAY
            if ending == "late":
                next_start += timedelta(days=self.rng.randrange(8, 45))
            if ending == "lapsed":
                if self.rng.random() > 0.35:
                    return
                next_start += timedelta(days=self.rng.randrange(120, 420))
            self._carry(deal, term, ending)
            starts_on = next_start

    def _carry(self, deal: Deal, term: Row, ending: str) -> None:
        """What the next term starts from: seats move, prices rise, a swap changes the product."""
        deal.previous = None if ending == "lapsed" else term
        deal.seats = max(5, round(int(term["seats"]) * self.rng.choices((1.0, 0.85, 1.15), (60, 15, 25))[0]))
        deal.price *= 1.03
        if ending == "swapped":
            deal.product = deal.product % len(PRODUCTS) + 1
            deal.price = self._price(deal.product, deal.currency)
            deal.plan = _plan(deal.product, deal.currency, 1)

    def _term(self, deal: Deal, starts_on: date) -> Row:
        sold_on = min(starts_on - timedelta(days=self.rng.randrange(0, 60)), self.today)
        sold = stamp(at_work(self.rng, sold_on)) if sold_on < self.today else stamp(self.as_of)
        ends_on = _year_later(starts_on) - DAY
        term = self.book.add(
            "subscriptions", organisation_id=deal.school["id"], product_id=deal.product, plan_id=deal.plan,
            starts_on=str(starts_on), ends_on=str(ends_on), seats=deal.seats,
            annual_value=money(deal.seats * deal.price), currency=deal.currency,
            status="expired" if ends_on < self.today else "active",
            renewed_from_id=deal.previous["id"] if deal.previous else None, created_at=sold, updated_at=sold,
        )  # fmt: skip
        self._invoice(term, starts_on)
        self._changes(deal, term, starts_on)
        if self.rng.random() < 0.04:
            self._cancel(term, starts_on)
        return term

    def _changes(self, deal: Deal, term: Row, starts_on: date) -> None:
        """At most one change of seats and one upgrade, in this order; the term row shows the latest state."""
        for share, kind in ((0.28, "seats"), (0.07, "upgrade")):
            if self.rng.random() >= share:
                continue
            effective = starts_on + timedelta(
                days=self.rng.randrange(20, 150) + (150 if kind == "upgrade" else 0)
            )
            recorded = effective - timedelta(days=self.rng.randrange(0, 20))
            if recorded >= self.today:
                continue
            self._change(deal, term, kind, effective, at_work(self.rng, recorded))

    def _change(self, deal: Deal, term: Row, kind: str, effective: date, recorded: datetime) -> None:
        seats, price = term["seats"], deal.price
        if kind == "seats":
            seats = max(5, round(seats * self.rng.choice((0.7, 0.85, 1.1, 1.25, 1.4))))
        else:
            price *= 1.4
        after = money(seats * price)
        self.book.add(
            "subscription_changes", subscription_id=term["id"], effective_on=str(effective), change_type=kind,
            seats_before=term["seats"], seats_after=seats, annual_value_before=term["annual_value"],
            annual_value_after=after, recorded_at=stamp(recorded), updated_at=stamp(recorded),
        )  # fmt: skip
        deal.price = price
        term.update(seats=seats, annual_value=after, updated_at=max(term["updated_at"], stamp(recorded)))

    def _cancel(self, term: Row, starts_on: date) -> None:
        """Notice some months before the last day; failed payments and closures are not the school's wish."""
        notice = starts_on + timedelta(days=self.rng.randrange(30, 200))
        if notice >= self.today:
            return
        moment = stamp(at_work(self.rng, notice))
        voluntary = self.rng.random() < 0.75
        term.update(
            status="cancelled", cancelled_at=moment,
            cancel_effective_on=str(notice + timedelta(days=self.rng.randrange(30, 120))),
            cancel_reason=self.rng.choice(LAPSE_REASONS) if voluntary else "unpaid",
            cancel_voluntary=int(voluntary), updated_at=max(term["updated_at"], moment),
        )  # fmt: skip

    def _invoice(self, term: Row, starts_on: date) -> None:
        if starts_on > self.today:
            return
        paid_on = starts_on + timedelta(days=self.rng.randrange(5, 70))
        paid = paid_on < self.today and self.rng.random() < 0.95
        last = at_work(self.rng, paid_on if paid else starts_on)
        self.book.add(
            "invoices", subscription_id=term["id"], issued_on=str(starts_on), amount=term["annual_value"],
            currency=term["currency"], status="paid" if paid else "open",
            paid_on=str(paid_on) if paid else None, updated_at=stamp(min(last, self.as_of)),
        )  # fmt: skip


def _year_later(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day + YEAR


def _plan(product: int, currency: str, tier: int) -> int:
    """Plans are written product by product, then currency, then standard (1), plus (2), trial (3)."""
    return (product - 1) * 6 + list(CURRENCIES).index(currency) * 3 + tier
