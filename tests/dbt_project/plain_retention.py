"""Retention once more, in plain Python over the terms: decision 018, school by school and year by year."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.dbt_project.plain_movements import Term, month_ends, values

Sums = dict[tuple, list]


def academic_year(month: date) -> str:
    first = month.year if month.month >= 9 else month.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def yearly(terms: list[Term], last_month: date, by: tuple[str, ...]) -> Sums:
    """(attributes but the school, year) → schools opening, kept, closing; values opening, gross, net, closing.

    `by` names the attributes of a member, the school first.
    """
    sums: Sums = defaultdict(lambda: [0] * 7)
    for key, months in values(terms, last_month, by).items():
        known = {month: value for month, (value, _) in months.items() if value}
        for year, opening, closing in _years(known, last_month):
            kept = opening > 0 and closing > 0
            measured = (
                opening > 0,
                kept,
                closing > 0,
                opening,
                min(opening, closing),
                closing if opening else 0,
                closing,
            )
            row = sums[(*key[1:], year)]
            row[:] = [before + more for before, more in zip(row, measured, strict=True)]
    return sums


def _years(known: dict[date, Decimal], last_month: date) -> list[tuple]:
    """Year, value at its start, value at its end or so far, from a member's first year on."""
    years: dict[str, list] = {}
    previous: Decimal | int = 0
    for month, _ in month_ends(min(known), last_month) if known else ():
        year = years.setdefault(academic_year(month), [previous, 0])
        year[1] = previous = known.get(month, 0)
    return [(name, opening, closing) for name, (opening, closing) in years.items()]
