"""The figures behind the page's plots, read from the published marts.

Both are counts or sums over many: no pseudonym is read. A week in which fewer than `SMALLEST` learners of a
platform were active is withheld, in the plot and in the table, since such a number can be about a person
(decision 042).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pipelines.warehouse import Warehouse

SMALLEST = 5
WEEKS, MONTHS = 53, 24
# In the order they are stacked, away from zero; the last two are value lost.
MOVEMENTS = ("new", "expansion", "reactivation", "contraction", "churn")
LOST = ("contraction", "churn")
_SUMS = ", ".join(f"{'-' if name in LOST else ''}sum({name}_value) as {name}" for name in MOVEMENTS)
_MOVEMENTS = (
    f"select currency, month, {_SUMS}, sum(closing_value) as closing "
    "from customer_insight.fct_customer_movements group by currency, month order by currency, month"
)
_LEARNERS = (
    "select platform, week_starts_on, learners from course_activity.attendance_weekly "
    "where week_starts_on >= ? and week_starts_on < ? order by platform, week_starts_on"
)


@dataclass(frozen=True)
class Learners:
    """`counts`: platform → Monday → learners who were active in that week; weeks without anybody are 0."""

    counts: dict[str, dict[date, int]]

    @property
    def platforms(self) -> list[str]:
        return list(self.counts)

    @property
    def weeks(self) -> list[date]:
        return sorted({week for counts in self.counts.values() for week in counts})

    @property
    def shown(self) -> dict[str, dict[date, int | None]]:
        """The same without numbers that are withheld (None)."""
        return {
            platform: {week: None if 0 < count < SMALLEST else count for week, count in counts.items()}
            for platform, counts in self.counts.items()
        }

    @property
    def withheld(self) -> int:
        return sum(count is None for counts in self.shown.values() for count in counts.values())

    @property
    def sentence(self) -> str:
        """What the plot shows, for who cannot see it."""
        peaks = []
        for platform, counts in self.shown.items():
            week = max(counts, key=lambda monday: counts[monday] or 0)
            peaks.append(f"{platform} at most {counts[week] or 0:,} in the week of {week:%-d %B %Y}")
        return (
            f"Lines of active learners by week, {self.weeks[0]:%B %Y} to {self.weeks[-1]:%B %Y}: "
            f"{'; '.join(peaks)}."
        )


@dataclass(frozen=True)
class Movements:
    """`months`: first of month → movement → change of annual value in `currency`; losses are negative."""

    currency: str
    months: dict[date, dict[str, Decimal]]

    def total(self, movement: str) -> Decimal:
        return sum((values[movement] for values in self.months.values()), Decimal())

    @property
    def net(self) -> Decimal:
        return sum((self.total(movement) for movement in MOVEMENTS), Decimal())

    @property
    def sentence(self) -> str:
        """What the plot shows, for who cannot see it."""
        first, last = min(self.months), max(self.months)
        totals = ", ".join(f"{movement} {self.total(movement):,.0f}" for movement in MOVEMENTS)
        return (
            f"Stacked bars of customer movements by month in {self.currency}, {first:%B %Y} to {last:%B %Y}: "
            f"{totals}; net {self.net:,.0f}."
        )


def read_learners(published: Warehouse, as_of: date) -> Learners | None:
    """Weeks that were over by `as_of`, the last `WEEKS` of them; None where nothing is published to count."""
    if not published.has_table("course_activity", "attendance_weekly"):
        return None
    end = as_of - timedelta(days=as_of.weekday())
    start = end - timedelta(weeks=WEEKS)
    rows = published.rows(_LEARNERS, [start, end])
    if not rows:
        return None
    first = min(week for _, week, _ in rows)
    counts: dict[str, dict[date, int]] = {}
    for platform, week, learners in rows:
        counts.setdefault(platform, _weeks(first, end))[week] = learners
    return Learners(counts)


def _weeks(first: date, end: date) -> dict[date, int]:
    return {first + timedelta(weeks=number): 0 for number in range((end - first).days // 7)}


def read_movements(published: Warehouse) -> list[Movements]:
    """The last `MONTHS` months of each currency, that of the largest value first; none without customers."""
    if not published.has_table("customer_insight", "fct_customer_movements"):
        return []
    rows = published.rows(_MOVEMENTS)
    last = max((row[1] for row in rows), default=date.min)
    found: dict[str, dict[date, dict[str, Decimal]]] = {}
    closing: dict[str, Decimal] = {}
    for currency, month, *values, closed in rows:
        if (last.year - month.year) * 12 + last.month - month.month < MONTHS:
            found.setdefault(currency, {})[month] = dict(zip(MOVEMENTS, values, strict=True))
            closing[currency] = closed
    ordered = sorted(found, key=lambda currency: (-closing[currency], currency))
    return [Movements(currency, found[currency]) for currency in ordered]
