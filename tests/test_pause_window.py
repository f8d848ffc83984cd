"""Pause windows: days, midnight, clock changes, and what is refused with its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import SettingsError
from pipelines.pause_window import pause_windows
from pipelines.settings import InstanceSettings, load_settings

OFFICE = "mon-fri/07:30-19:00@Europe/London"


def until(text: str, moment: str) -> str | None:
    """The end of the window that a UTC moment lies in, in UTC."""
    [window] = pause_windows(text)
    end = window.until(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    return f"{end.astimezone(UTC):%m-%d %H:%M}" if end else None


@pytest.mark.parametrize(
    ("text", "moment", "end"),
    [
        (OFFICE, "2026-11-20 07:29", None),  # a Friday in winter
        (OFFICE, "2026-11-20 07:30", "11-20 19:00"),
        (OFFICE, "2026-11-20 18:59", "11-20 19:00"),
        (OFFICE, "2026-11-20 19:00", None),
        (OFFICE, "2026-11-21 12:00", None),  # Saturday
        (OFFICE, "2026-07-01 06:30", "07-01 18:00"),  # summer: the same wall clock, an hour earlier in UTC
        (OFFICE, "2026-07-01 18:30", None),
        ("07:30-19:00@Europe/London", "2026-11-21 12:00", "11-21 19:00"),
        ("fri/22:00-06:00@Europe/London", "2026-11-20 23:00", "11-21 06:00"),
        ("fri/22:00-06:00@Europe/London", "2026-11-21 05:59", "11-21 06:00"),  # Saturday, of Friday's window
        ("fri/22:00-06:00@Europe/London", "2026-11-20 05:00", None),  # Thursday's night is not Friday's
        ("sat,sun/00:00-24:00@UTC", "2026-11-22 23:59", "11-23 00:00"),
        ("sat,sun/00:00-24:00@UTC", "2026-11-23 00:00", None),
        ("sat-mon/09:00-10:00@UTC", "2026-11-22 09:30", "11-22 10:00"),
        ("07:00-19:00@Asia/Tokyo", "2026-11-19 22:30", "11-20 10:00"),
        # the clock is put back at 01:00 UTC: the hour it repeats is in the window both times
        ("sun/00:30-01:30@Europe/London", "2026-10-25 00:15", "10-25 01:30"),
        ("sun/00:30-01:30@Europe/London", "2026-10-25 00:45", "10-25 01:30"),
        ("sun/00:30-01:30@Europe/London", "2026-10-25 01:15", "10-25 01:30"),
        ("sat/22:00-06:00@Europe/London", "2026-10-25 05:30", "10-25 06:00"),
        # and forward at 01:00 UTC: 01:30 does not happen, 02:30 (01:30 UTC) stands for it
        ("sun/01:30-04:00@Europe/London", "2027-03-28 01:15", None),
        ("sun/01:30-04:00@Europe/London", "2027-03-28 01:30", "03-28 03:00"),
        ("sun/00:15-01:30@Europe/London", "2027-03-28 01:15", "03-28 01:30"),
    ],
)  # fmt: skip
def test_when_a_window_is(text, moment, end):
    assert until(text, moment) == end


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 1439), st.integers(0, 1439))
def test_a_daily_window_and_the_rest_of_the_day_meet_without_a_gap(moment, opens, closes):
    """Whatever the clock does, a moment is in a window or in its complement; an end lies ahead."""
    first, second = (f"{minute // 60:02}:{minute % 60:02}" for minute in (opens, closes))
    now = moment.replace(tzinfo=UTC)
    [inside] = pause_windows(f"{first}-{second}@Europe/London")
    [outside] = pause_windows(f"{second}-{first}@Europe/London")
    ends = [end for window in (inside, outside) if (end := window.until(now))]
    assert ends
    assert all(now < end <= now + timedelta(hours=25) for end in ends)


def test_several_windows():
    assert [window.text for window in pause_windows(f"{OFFICE}; sat/09:00-12:00@Europe/London;")] == [
        OFFICE, "sat/09:00-12:00@Europe/London"
    ]  # fmt: skip
    assert pause_windows("") == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("07:30-19:00", "`07:30-19:00` is not like mon-fri/07:30-19:00@Europe/London"),
        ("07:30@Europe/London", "is not like"),
        ("mo-fr/07:30-19:00@Europe/London", "names a day that is none of mon tue"),
        ("25:00-26:00@Europe/London", "names a time that no clock shows"),
        ("07:60-19:00@Europe/London", "names a time that no clock shows"),
        ("07:30-19:00@Europe/Londinium", "`Europe/Londinium` is no time zone"),
        ("07:30-19:00@../../etc/passwd", "is not like|is no time zone"),
    ],
)
def test_what_is_no_window_is_refused(text, why):
    with pytest.raises(ValueError, match=why):
        pause_windows(text)


def test_the_setting_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__MAIN__URL", "mysql://r:secret@h/db")
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__MAIN__PAUSE_WINDOW", OFFICE)
    assert [window.text for window in load_settings().sources["moodle"]["main"].pause_windows] == [OFFICE]
    monkeypatch.setenv("WAREHOUSE_SOURCES__MOODLE__MAIN__PAUSE_WINDOW", "office hours")
    with pytest.raises(SettingsError, match=r"MAIN__PAUSE_WINDOW cannot be used: .*is not like mon-fri"):
        load_settings()


def test_by_default_there_is_none():
    assert InstanceSettings.model_validate({"url": "sqlite:///x"}).pause_windows == ()
