"""Days on which schools teach, by the same seed that the warehouse's calendar reads."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache

from pipelines.settings import PROJECT_ROOT

HOLIDAYS = PROJECT_ROOT / "dbt_project" / "seeds" / "school_holidays.csv"


@cache
def _holidays() -> frozenset[date]:
    days: set[date] = set()
    with HOLIDAYS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
            days |= {first + timedelta(offset) for offset in range((last - first).days + 1)}
    return frozenset(days)


def school_days(first: date, last: date) -> list[date]:
    """Mondays to Fridays from `first` to `last`, both inclusive, that are in no school holiday."""
    days = (first + timedelta(offset) for offset in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in _holidays()]
