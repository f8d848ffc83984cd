"""How the page writes numbers, times and outcomes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from pipelines.reports.ledger import RunFacts

# What became of a run, for a person: a mark, a headline, and what it means for the marts.
OUTCOMES = {
    "published": ("good", "Published", "The marts are this run's."),
    "unchanged": ("good", "Nothing had changed", "The published marts are up to date."),
    "done": ("good", "Done", "This run did not publish; the marts are as they were."),
    "failed": ("bad", "Failed", "The last good marts stay published."),
    "killed": ("bad", "Killed", "The last good marts stay published; the next run settles what it left."),
    "running": ("fair", "Running", "The last good marts stay published until it ends."),
}
MARKS = {"good": "✓", "fair": "!", "bad": "✗", "none": "–"}
STATES = {"fresh": "good", "late": "fair", "stale": "bad", "unknown": "none"}


def verdict(facts: RunFacts) -> tuple[str, str, str]:
    """Of the run on top of the page; one that published in spite of problems is flagged."""
    outcome = facts.run["outcome"]
    mark, headline, meaning = OUTCOMES.get(outcome, ("fair", outcome.capitalize(), ""))
    if mark == "good" and facts.problems:
        said = "1 problem" if len(facts.problems) == 1 else f"{len(facts.problems)} problems"
        return "fair", f"{headline}, with {said}", "What could not be landed is as of its last good landing."
    return mark, headline, meaning


def number(value: int | float | Decimal | None) -> str:
    """With thousands apart; a dash for what is not known."""
    return "–" if value is None else f"{value:,.0f}"


def seconds(value: float | None) -> str:
    """To a tenth."""
    return "–" if value is None else f"{value:,.1f}"


def moment(value: datetime | None) -> str:
    """To the minute, UTC, as all times of the warehouse."""
    return "–" if value is None else f"{value:%Y-%m-%d %H:%M}"


def age(value: timedelta | None) -> str:
    """The two largest units: `2 d 5 h`, `3 h 12 min`, `40 s`."""
    if value is None:
        return "–"
    left, parts = max(int(value.total_seconds()), 0), []
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def megabytes(value: int | None) -> str:
    """Bytes as millions of bytes."""
    return "–" if value is None else f"{value / 1_000_000:,.1f}"


def month(value: date) -> str:
    """The month a day is in."""
    return f"{value:%b %Y}"


def day(value: date) -> str:
    """ISO 8601."""
    return f"{value:%Y-%m-%d}"
