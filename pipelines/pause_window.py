"""Pause windows: hours of the week in which a source is left alone, in that source's own time zone.

Written `mon-fri/07:30-19:00@Europe/London`; several are separated by `;`. Days name the day on which a
window opens: `fri/22:00-06:00@Europe/London` ends on Saturday morning. Without days it is every day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(?:([a-z,\s-]+)/)?(\d{1,2}:\d{2})-(\d{1,2}:\d{2})@([\w+/-]+)")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PauseWindow:
    """One window; `closes` not after `opens` means that it ends on the next day."""

    text: str
    days: frozenset[int]  # 0 is Monday
    opens: time
    closes: time
    zone: ZoneInfo

    def until(self, now: datetime) -> datetime | None:
        """When the window that `now` (with a zone) lies in ends, in the window's zone; None outside of it.

        An hour that a clock change repeats belongs to the window both times. One that it skips moves an
        opening to an hour later, as cron and Python do.
        """
        today = now.astimezone(self.zone).date()
        for day in (today - _DAY, today):
            if day.weekday() in self.days:
                opened, closed = self._instants(day)
                if opened <= now < closed:
                    return closed.astimezone(self.zone)
        return None

    def _instants(self, day: date) -> tuple[datetime, datetime]:
        last = day if self.closes > self.opens else day + _DAY
        opened = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
        closing = datetime.combine(last, self.closes, self.zone)
        # fold: which of two equal wall-clock times is meant; the later one leaves the source alone for longer
        return opened, max(closing.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def pause_windows(text: str) -> tuple[PauseWindow, ...]:
    """Every window of a setting; none for an empty one. Raises ValueError with what is wrong."""
    return tuple(_window(part.strip()) for part in text.split(";") if part.strip())


def _window(text: str) -> PauseWindow:
    match = _FORM.fullmatch(text.lower().partition("@")[0] + "@" + text.partition("@")[2])
    if not match:
        raise ValueError(f"`{text}` is not like mon-fri/07:30-19:00@Europe/London")
    days, opens, closes, zone = match.groups()
    try:
        where = ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"`{zone}` is no time zone, like Europe/London") from None
    return PauseWindow(text, _days(days, text), _time(opens, text), _time(closes, text), where)


def _days(listed: str | None, text: str) -> frozenset[int]:
    if listed is None:
        return frozenset(range(7))
    days: set[int] = set()
    for part in listed.split(","):
        first, _, last = part.strip().partition("-")
        if first not in _DAYS or (last and last not in _DAYS):
            raise ValueError(f"`{text}` names a day that is none of {' '.join(_DAYS)}")
        start = _DAYS.index(first)
        length = (_DAYS.index(last) - start) % 7 if last else 0
        days |= {(start + step) % 7 for step in range(length + 1)}
    return frozenset(days)


def _time(written: str, text: str) -> time:
    hour, minute = (int(part) for part in written.split(":"))
    if (hour, minute) == (24, 0):
        return time(0)  # the midnight that ends a day
    if hour > 23 or minute > 59:
        raise ValueError(f"`{text}` names a time that no clock shows")
    return time(hour, minute)
