"""The same days in any order and grouping, twice, issued again, with kills between: what one run gives."""

from __future__ import annotations

import os
import random
import secrets
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.landing import commit as the_commit
from pipelines.landing.load import Package
from pipelines.landing.logs.landing import LogsLanding
from pipelines.landing.logs.load import LogLoad
from tests.landing.logs.daily import DailyLogs
from tests.landing.logs.lines import event, log, request
from tests.landing.logs.staged import DAY, gzipped
from tests.landing.plain_keyring import PlainKeyring

# what a kill may come before or after, as one module names it
STEPS: dict[str, tuple[object, str]] = {
    "staged": (LogLoad, "_stage"), "committed": (Package, "commit"), "closed": (the_commit, "_close"),
    "noted": (LogsLanding, "_note"),
}  # fmt: skip


class Killed(BaseException):
    """Ends a landing as a kill would: nothing of ours catches it."""


@pytest.fixture
def chance() -> random.Random:
    seed = os.environ.get("ORDER_SEED") or secrets.token_hex(4)
    print(f"ORDER_SEED={seed} repeats this test")
    return random.Random(seed)


def day_of(number: int) -> date:
    return DAY + timedelta(days=number)


def content(chance: random.Random, number: int) -> bytes:
    """A day: requests and acts of it and of days around it, some twice, some no events; or nothing good."""
    if chance.random() < 0.15:
        return log(*(b"no event %d" % chance.randrange(3) for _ in range(chance.randint(1, 4))))
    lines = []
    for _ in range(chance.randint(1, 25)):
        made = chance.choice((event, request, request))
        happened = day_of(number - chance.choice((0, 0, 0, 0, 1, 2, 9)))
        lines += [made(chance.randrange(40), day=happened)] * chance.choice((1, 1, 1, 1, 2))
    chance.shuffle(lines)
    return log(*lines, *(b"no event %d" % number for number in range(chance.randrange(3))))


def killed(days: DailyLogs, step: str, after: bool) -> None:
    """One landing that ends before or after a step, if it comes to it, without another word."""
    owner, name = STEPS[step]
    original: Callable[..., object] = getattr(owner, name)

    def dies(*arguments: object) -> None:
        if after:
            original(*arguments)
        raise Killed

    setattr(owner, name, dies)
    try:
        days.land()
    except Killed:
        pass
    finally:
        setattr(owner, name, original)
        days.close()


def fingerprints(days: DailyLogs) -> list[tuple[object, ...]]:
    """What the ledger believes of the days in staging."""
    return days.rows(
        "select partition_date, row_count, hash_sum from ops.partition_fingerprints where row_count > 0 "
        "and table_name = 'tracking_events' order by all"
    )


def actual(days: DailyLogs) -> list[tuple[object, ...]]:
    return days.rows(
        "select event_date, count(*), sum(_row_hash) from staging_edx.tracking_events group by all "
        "order by all"
    )


def test_any_order_gives_what_one_run_gives(chance, monkeypatch, long_counts):
    monkeypatch.setattr("pipelines.landing.packages.instance.Keyring", PlainKeyring)
    for _ in range(2 if long_counts else 1):
        monkeypatch.setattr("pipelines.landing.logs.landing._LOAD_FILES", 200)
        logs = {number: content(chance, number) for number in range(60 if long_counts else 12)}
        with tempfile.TemporaryDirectory() as once, DailyLogs(Path(once)) as days:
            for number, log_of in logs.items():
                days.deliver(day_of(number), gzipped(log_of))
            days.landed()
            wanted, quarantined = days.events(), open_lines(days)
        monkeypatch.setattr("pipelines.landing.logs.landing._LOAD_FILES", chance.choice((2, 3, 200)))
        with tempfile.TemporaryDirectory() as often, DailyLogs(Path(often)) as days:
            in_random_order(chance, days, logs)
            assert days.events() == wanted
            assert open_lines(days) == quarantined
            assert fingerprints(days) == actual(days)
            assert days.unbalanced() == []
            assert days.landed().tables == []


def in_random_order(chance: random.Random, days: DailyLogs, logs: dict[int, bytes]) -> None:
    """Days in groups; some are another day's content first, some the same again, some runs are killed."""
    issues = dict.fromkeys(logs, 0)
    waiting = [*logs, *chance.sample([*logs], len(logs) // 3)]
    chance.shuffle(waiting)
    while waiting:
        group = [waiting.pop() for _ in range(min(chance.choice((1, 2, 4, 5)), len(waiting)))]
        for number in group:
            last = number not in waiting
            given = logs[number] if last else chance.choice((logs[number], content(chance, number)))
            days.deliver(day_of(number), gzipped(given), issue=issues[number])
            issues[number] += 1
        ends = chance.choice(("well", *STEPS))
        if ends == "well":
            days.landed()
        else:
            killed(days, ends, after=chance.random() < 0.5)
    days.landed()


def open_lines(days: DailyLogs) -> list[tuple[object, ...]]:
    return days.rows(
        "select file_key, position, reason from ops.quarantine where status = 'open' order by all"
    )


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ("staged", True), ("committed", True),
        *(pytest.param(*kill, marks=pytest.mark.long) for kill in (
            ("staged", False), ("committed", False), ("closed", False), ("closed", True), ("noted", False),
            ("noted", True))),
    ],
)  # fmt: skip
def test_killed_around_each_step_the_next_run_lands_the_rest(plain_days, step, after):
    """Of new days, then of the same days issued again, one of them without a good line."""
    for number in range(3):
        plain_days.deliver(
            day_of(number), gzipped(log(event(1, day=day_of(number)), b"no event", request(number)))
        )
    killed(plain_days, step, after)
    plain_days.landed()
    assert sorted(plain_days.counts().values()) == [2, 2, 2]
    assert fingerprints(plain_days) == actual(plain_days)
    plain_days.deliver(day_of(0), gzipped(log(b"no event")), issue=1)
    plain_days.deliver(day_of(1), gzipped(log(event(5, day=day_of(9)))), issue=1)
    killed(plain_days, step, after)
    plain_days.landed()
    assert sorted(plain_days.counts().values()) == [1, 2]
    assert fingerprints(plain_days) == actual(plain_days)
    assert touched_ever(plain_days) >= {day_of(0), day_of(1), DAY}
    assert plain_days.landed().tables == []
    assert [len(open_lines(plain_days)), plain_days.unbalanced()] == [2, []]


def test_many_files_are_several_loads_that_come_and_fail_alone(plain_days, monkeypatch):
    monkeypatch.setattr("pipelines.landing.logs.landing._LOAD_FILES", 3)
    for number in range(7):
        content = gzipped(log(*(event(n, day=day_of(number)) for n in range(5 + number))))
        plain_days.deliver(day_of(number), content[:-4] if number == 4 else content)
    outcome = plain_days.land()
    assert [bool(table.error) for table in outcome.tables] == [number == 4 for number in range(7)]
    assert len({table.load_id for table in outcome.tables}) == 3
    assert sorted(plain_days.counts().values()) == [5, 6, 7, 8, 10, 11]
    [(loads,)] = plain_days.rows("select count(distinct load_id) from ops.touched_partitions")
    assert loads == 3
    assert fingerprints(plain_days) == actual(plain_days)


def touched_ever(days: DailyLogs) -> set[date]:
    return {day for (day,) in days.rows("select distinct partition_date from ops.touched_partitions")}
