"""The movements once more, in plain Python: values are looked up day by day, nothing is clipped, joined or windowed.

Written from decisions 010 and 011 and MARTS, not from the SQL, so that the two can disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

DAY = timedelta(days=1)
Key = tuple[str, ...]
KINDS = ("opening", "new", "expansion", "reactivation", "contraction", "churn", "closing")


@dataclass
class Change:
    """A change of a term; `seats_*` may be unknown."""

    number: int
    effective_on: date
    recorded_at: datetime
    value_before: Decimal
    value_after: Decimal
    seats_before: int | None
    seats_after: int | None


@dataclass
class Term:
    """One row of the subscription service; `school` is who it belongs to in the marts."""

    number: int
    school: str
    organisation: int
    product: int
    currency: str
    is_trial: bool
    starts_on: date
    ends_on: date
    value: Decimal
    seats: int
    renews: int | None = None
    status: str = "active"
    cancelled_at: datetime | None = None
    cancelled_from: date | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The last day covered: a cancellation that says no day counts from the day of the notice."""
        stops = self.cancelled_from
        if stops is None and self.status == "cancelled" and self.cancelled_at is not None:
            stops = self.cancelled_at.date()
        return self.ends_on if stops is None else min(self.ends_on, stops - DAY)

    def in_force(self, day: date) -> tuple[Decimal, int]:
        """Value and seats on a day; nothing where the term has no value."""
        if self.is_trial or not self.starts_on <= day <= self.last_day:
            return Decimal(0), 0
        in_order = sorted(self.changes, key=lambda it: (it.effective_on, it.recorded_at, it.number))
        value = in_order[0].value_before if in_order else self.value
        named = [change.seats_before for change in in_order if change.seats_before is not None]
        seats = named[0] if named else self.seats
        for change in in_order:
            if change.effective_on <= day:
                value = change.value_after
                seats = seats if change.seats_after is None else change.seats_after
        return (value, seats) if value > 0 else (Decimal(0), 0)


def month_ends(first: date, last_month: date) -> Iterator[tuple[date, date]]:
    """Months and their last days, from the month of `first` to `last_month`."""
    month = first.replace(day=1)
    while month <= last_month:
        following = (month + 31 * DAY).replace(day=1)
        yield month, following - DAY
        month = following


def values(terms: list[Term], last_month: date, by: tuple[str, ...]) -> dict[Key, dict[date, tuple]]:
    """Value and seats in force at each month's end, by the named attributes of the terms."""
    found: dict[Key, dict[date, tuple]] = defaultdict(lambda: defaultdict(lambda: (Decimal(0), 0)))
    for term in terms:
        key = tuple(str(getattr(term, name)) for name in by)
        for month, last_day in month_ends(term.starts_on, last_month):
            value, seats = term.in_force(last_day)
            before = found[key][month]
            found[key][month] = before[0] + value, before[1] + seats
    return found


def movements(terms: list[Term], last_month: date, by: tuple[str, ...]) -> dict[tuple, tuple]:
    """(key…, month) → the seven values of KINDS, for every month in which value opened or closed."""
    rows = {}
    for key, known in values(terms, last_month, by).items():
        opening, seen = Decimal(0), False
        for month, _ in month_ends(min(known), last_month):
            closing = known[month][0] if month in known else Decimal(0)
            if opening or closing:
                rows[(*key, month)] = (opening, *_classified(opening, closing, seen), closing)
            seen, opening = seen or closing > 0, closing
    return rows


def _classified(opening: Decimal, closing: Decimal, seen: bool) -> tuple[Decimal, ...]:
    kind = "none"
    if opening == 0 and closing > 0:
        kind = "reactivation" if seen else "new"
    elif closing == 0:
        kind = "churn"
    elif closing != opening:
        kind = "expansion" if closing > opening else "contraction"
    return tuple(abs(closing - opening) if kind == name else Decimal(0) for name in KINDS[1:-1])
