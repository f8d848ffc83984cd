"""Portfolios of schools by chance: terms of every length that overlap, renew, change and are cancelled in any order.

A seed is a portfolio, so hypothesis shrinks a failure to the one school that shows it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from tests.dbt_project.plain_movements import Change, Term

FIRST_DAY = date(2022, 9, 1)
CURRENCIES = ("GBP", "EUR")


def plan_of(term: Term) -> int:
    """Plans are a product's in pounds, in euro, and its trial: see `plans`."""
    return term.product * 10 + (3 if term.is_trial else CURRENCIES.index(term.currency) + 1)


def plans() -> list[dict[str, str]]:
    return [
        {
            "id": str(product * 10 + tier), "product_id": str(product), "name": f"Plan {product}{tier}",
            "is_trial": str(tier == 3).lower(), "currency": CURRENCIES[tier == 2],
        }
        for product in (1, 2) for tier in (1, 2, 3)
    ]  # fmt: skip


def portfolio(seed: int, place: int) -> list[Term]:
    """The terms of one school; `place` keeps ids of several portfolios apart."""
    rng = Random(seed)
    terms: list[Term] = []
    for number in range(rng.randint(1, 6)):
        terms.append(_term(rng, place, number, terms))
    return terms


def _term(rng: Random, place: int, number: int, earlier: list[Term]) -> Term:
    renews = rng.choice(earlier) if earlier and rng.random() < 0.5 else None
    starts_on = FIRST_DAY + timedelta(days=rng.randrange(540))
    if renews and rng.random() < 0.7:
        starts_on = renews.ends_on + timedelta(days=rng.choice((1, 1, 1, 1, 5, 40)))
    term = Term(
        number=place * 100 + number,
        school=f"urn:{100000 + place}",
        organisation=place * 10 + rng.choice((0, 0, 0, 1)),  # one school, at times entered twice
        product=renews.product if renews and rng.random() < 0.7 else rng.choice((1, 2)),
        currency=rng.choice(("GBP", "GBP", "EUR")),
        is_trial=rng.random() < 0.15,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=rng.choice((0, 20, 29, 30, 89, 364))),
        value=Decimal(rng.choice((0, 1, 100, 100, 250, 999))) + Decimal(rng.choice((0, 0, 25))) / 100,
        seats=rng.randrange(40),
        renews=renews.number if renews else None,
    )
    _cancel(rng, term)
    term.changes = [_change(rng, term, at) for at in range(rng.choice((0, 0, 0, 1, 2, 3)))]
    return term


def _cancel(rng: Random, term: Term) -> None:
    """Notice at any time, in effect before the term begins, within it, after it, or on no stated day."""
    if rng.random() > 0.3:
        return
    notice = term.starts_on + timedelta(days=rng.randrange(-30, 200))
    term.cancelled_at = datetime(notice.year, notice.month, notice.day, 10)
    term.status = rng.choice(("cancelled", "active"))
    if rng.random() < 0.8:
        term.cancelled_from = term.starts_on + timedelta(days=rng.choice((-3, 0, 1, 30, 31, 60, 365, 500)))


def _change(rng: Random, term: Term, at: int) -> Change:
    effective = term.starts_on + timedelta(days=rng.choice((-10, 0, 14, 14, 29, 45, 400)))
    recorded = datetime(effective.year, effective.month, effective.day) + timedelta(
        days=rng.randrange(-9, 90)
    )
    seats = rng.choice((None, rng.randrange(40)))
    return Change(
        term.number * 10 + at, effective, recorded, Decimal(rng.choice((0, 50, 100))),
        Decimal(rng.choice((0, 40, 100, 300))), seats, None if seats is None else rng.randrange(40),
    )  # fmt: skip


def rows_of(terms: list[Term]) -> dict[str, list[dict[str, str]]]:
    """The same terms as rows of the subscription service's tables."""
    organisations = {term.organisation: term.school.removeprefix("urn:") for term in terms}
    return {
        "organisations": [
            {"id": str(key), "urn": urn, "name": f"School {key}"} for key, urn in organisations.items()
        ],
        "subscriptions": [_subscription(term) for term in terms],
        "subscription_changes": [_change_row(term, change) for term in terms for change in term.changes],
    }


def _subscription(term: Term) -> dict[str, str]:
    return _said(
        id=term.number, organisation_id=term.organisation, product_id=term.product, plan_id=plan_of(term),
        starts_on=term.starts_on, ends_on=term.ends_on, seats=term.seats, annual_value=term.value,
        currency=term.currency, status=term.status, renewed_from_id=term.renews, cancelled_at=term.cancelled_at,
        cancel_effective_on=term.cancelled_from,
    )  # fmt: skip


def _change_row(term: Term, change: Change) -> dict[str, str]:
    return _said(
        id=change.number, subscription_id=term.number, effective_on=change.effective_on, change_type="seats",
        seats_before=change.seats_before, seats_after=change.seats_after,
        annual_value_before=change.value_before, annual_value_after=change.value_after,
        recorded_at=change.recorded_at,
    )  # fmt: skip


def _said(**values: object) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None}
