"""A day that is issued again under its key: its rows take the place of the old ones, whatever they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.landing.logs.daily import NAME, key_of
from tests.landing.logs.lines import day_log, event, log
from tests.landing.logs.staged import DAY, gzipped

NEXT = DAY + timedelta(days=1)
NO_EVENTS = log(b"no event", b'{"time": "yesterday"}', b"[]")


def deliver(days, day: date, content: bytes, issue: int = 0) -> None:
    days.deliver(day, gzipped(content), issue=issue)


@pytest.fixture
def two(plain_days):
    """A day of nine lines of which two are of the day before, and a day of five."""
    early = [event(n, day=DAY - timedelta(days=1)) for n in (100, 101)]
    deliver(plain_days, DAY, day_log(DAY, range(7)) + log(*early))
    deliver(plain_days, NEXT, day_log(NEXT, range(5)))
    plain_days.landed()
    assert plain_days.counts() == {key_of(DAY): 9, key_of(NEXT): 5}
    return plain_days


def test_the_new_rows_replace_the_old_ones_and_days_that_it_left_are_touched(two):
    before = two.events("line_hash")
    deliver(two, DAY, day_log(DAY, range(3)) + day_log(NEXT, range(50, 51)), issue=1)
    [outcome] = two.landed().tables
    assert (outcome.rows_read, outcome.rows_landed) == (4, 4)
    assert two.counts() == {key_of(DAY): 4, key_of(NEXT): 5}
    assert len(set(before) & set(two.events("line_hash"))) == 3 + 5
    assert two.touched() == {DAY - timedelta(days=1), DAY, NEXT}


def test_the_same_rows_again_are_the_same_and_touch_nothing(two):
    before = two.events()
    deliver(two, NEXT, day_log(NEXT, range(5)), issue=1)
    two.landed()
    assert two.events() == before
    assert two.touched() == set()


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "beside a good one"])
def test_content_without_a_good_line_takes_the_old_rows_away(two, alone):
    deliver(two, DAY, NO_EVENTS, issue=1)
    if not alone:
        deliver(two, NEXT, day_log(NEXT, range(6)), issue=1)
    outcome = two.landed()
    of = {table.file_key: table for table in outcome.tables}[key_of(DAY)]
    assert (of.rows_read, of.rows_landed, of.rows_quarantined, of.rows_deleted) == (3, 0, 3, 9)
    assert two.counts() == {key_of(NEXT): 5 if alone else 6}
    assert two.touched() == {DAY - timedelta(days=1), DAY} | (set() if alone else {NEXT})
    assert two.rows("select count(*) from staging_edx.tracking_events where _deleted") == [(0,)]
    assert two.landed().tables == []
    deliver(two, DAY, day_log(DAY, range(2)), issue=2)
    two.landed()
    assert two.counts()[key_of(DAY)] == 2


@pytest.mark.parametrize("nothing", [b"", gzipped(b"")], ids=["no byte", "no line"])
def test_a_file_with_nothing_in_it_says_so_and_leaves_what_landed(two, nothing):
    before = two.events()
    two.deliver(DAY, nothing, issue=1)
    outcome = two.landed()
    [warning] = outcome.warnings
    assert key_of(DAY) in warning
    assert "stays" in warning
    assert two.events() == before
    assert two.landed().tables == []


def test_an_issue_that_cannot_be_read_leaves_what_landed(two):
    before = two.events()
    two.deliver(DAY, gzipped(day_log(DAY, range(900)))[:-9], issue=1)
    [outcome] = two.land().tables
    assert "cut off" in str(outcome.error)
    assert two.events() == before
    assert (outcome.rows_read, outcome.rows_landed) == (0, 0)


def test_what_was_in_quarantine_ends_with_the_day_issued_again(two):
    for at, day in enumerate((DAY, NEXT)):
        deliver(two, day, log(b"no event", event(at, day=day)), issue=1)
    two.landed()
    assert [two.reasons(key_of(day)) for day in (DAY, NEXT)] == [{"not_json": 1}] * 2
    deliver(two, DAY, log(event(0)), issue=2)
    two.landed()
    assert [two.reasons(key_of(day)) for day in (DAY, NEXT)] == [{}, {"not_json": 1}]


def test_a_patch_is_a_file_of_its_own(two):
    patch = two.deliver(DAY, gzipped(day_log(DAY, range(3))), site="patches")
    two.landed()
    assert two.counts() == {key_of(DAY): 9, key_of(NEXT): 5, patch: 3}


def test_two_instances_with_the_same_files_keep_to_their_own(tmp_path, monkeypatch, plain_days):
    """An organisation that is read under two names; only one of them sees the new issue first."""
    deliver(plain_days, DAY, day_log(DAY, range(4)))
    plain_days.landed()
    plain_days.sources = {"second": plain_days.sources[NAME]}
    plain_days.landed()
    deliver(plain_days, DAY, day_log(DAY, range(2)), issue=1)
    plain_days.landed()
    found = plain_days.rows(
        "select _instance, count(*) from staging_edx.tracking_events group by all order by all"
    )
    assert found == [("second", 2), ("unix", 4)]
