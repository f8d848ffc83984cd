"""Killed (-9) while daily logs are staged and around their commit: no file has plaintext, all land next."""

from __future__ import annotations

import gzip
import json
import os
import random
import secrets
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.edx_homes import DOMAIN, NAME, edx_home
from tests.end_to_end.homes import Home, end_group
from tests.end_to_end.test_kill_edx import agents, gpg_of, learners_in
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed
from tests.servers.processes import new_home

DAY = date(2026, 7, 1)
LINES = {0: 400, 1: 60_000, 2: 300}  # the second is 40 MB, several blocks
STAGE, COMMIT = "pipelines.landing.logs.stage:LogStage.stage", "pipelines.landing.load:Package.commit"
READ, NOTE = (
    "pipelines.landing.logs.read:LogReader.events",
    "pipelines.landing.logs.landing:LogsLanding._note",
)
KILLS: dict[str, dict[str, Any]] = {
    "within a log": {"function": READ, "call": 3},
    "between two logs": {"function": STAGE, "call": 2, "after": True},
    "before the commit": {"function": COMMIT, "call": 1},
    "after the commit": {"function": COMMIT, "call": 1, "after": True},
    "before it is noted": {"function": NOTE, "call": 1},
}


@pytest.fixture(scope="module")
def keys() -> Iterator[GpgKeys]:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    made = GpgKeys()
    made.settings("unix")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def home(keys) -> Iterator[Home]:
    """Three days; all that the command makes, its temporary files too, is below this folder."""
    folder = new_home("wh-kill-")
    (folder / "tmp").mkdir()
    deliver(folder, keys, LINES)
    yield edx_home(folder, (folder / "store").as_uri(), keys.settings("unix").key_file)
    shutil.rmtree(folder, ignore_errors=True)


def deliver(folder: Path, keys: GpgKeys, lines: dict[int, int], issue: int = 0) -> None:
    """Days of so many lines, each of which names a learner some times."""
    for number, count in lines.items():
        day = DAY + timedelta(days=number)
        path = folder / "store" / key_of(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = b"".join(line(day, at) for at in range(count))
        packed = gzip.compress(content, compresslevel=1)
        path.write_bytes(keys.encrypted(packed, "unix", more=("--compress-algo", "none")))
        os.utime(path, ns=((10**9 + issue) * 10**9,) * 2)


def key_of(number: int) -> str:
    day = DAY + timedelta(days=number)
    return f"unix/edx/events/{day:%Y}/unix-edx-events-{day}.log.gz.gpg"


def line(day: date, at: int) -> bytes:
    moment = f"{day}T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}+00:00"
    return json.dumps({
        "username": f"{NAME}{at % 50}", "time": moment, "event_source": "server", "agent": f"{NAME} " * 40,
        "event_type": f"/u/{NAME}{at}", "page": f"{at}@{DOMAIN}", "event": f'{{"GET": "{NAME}"}}',
        "context": {"user_id": at % 50},
    }).encode() + b"\n"  # fmt: skip


def landed(home: Home) -> dict[str, int]:
    return dict(home.rows("select _file_key, count(*) from staging_edx.tracking_events group by all"))


def assert_settled(home: Home, lines: dict[int, int]) -> None:
    """The next run lands what is there, to the row; nothing is left of the runs before."""
    said = home.command("land", "edx")
    assert (said.code, said.sentences) == (0, []), said.everything
    assert landed(home) == {key_of(number): count for number, count in lines.items() if count}
    assert home.unbalanced() == []
    twice = "select 1 from staging_edx.tracking_events group by _file_key, line_hash having count(*) > 1"
    assert home.rows(twice) == []
    days = home.rows(
        "select event_date, count(*), sum(_row_hash) from staging_edx.tracking_events group by all"
    )
    known = "select partition_date, row_count, hash_sum from ops.partition_fingerprints where row_count > 0"
    assert sorted(home.rows(known)) == sorted(days)
    assert list((home.folder / "work").glob("gpg-*")) == []
    assert agents(home) == []
    assert list((home.folder / "tmp").iterdir()) == []
    assert learners_in(home.folder) == []


def test_killed_at_every_step_no_learner_is_left_and_the_next_run_lands_all(home, monkeypatch, long_counts):
    monkeypatch.setenv("TMPDIR", str(home.folder / "tmp"))
    for name in KILLS if long_counts else ("within a log", "before the commit", "after the commit"):
        said = home.launch({"kill": KILLS[name]}, "land", "edx")
        assert said.code == -9, name
        assert learners_in(home.folder) == [], name
        if name == "within a log":
            assert list((home.folder / "work").glob("gpg-*")), (
                "the killed run's folder is there to be removed"
            )
    assert_settled(home, LINES)


@pytest.mark.long
def test_killed_while_days_are_issued_again(home, keys, monkeypatch):
    """One of them has no good line any more: whichever step it was, its rows go, and the others are new."""
    monkeypatch.setenv("TMPDIR", str(home.folder / "tmp"))
    lines = {0: 90, 2: 0}
    deliver(home.folder, keys, lines, issue=1)
    path = home.folder / "store" / key_of(2)
    path.write_bytes(keys.encrypted(gzip.compress(b"no event\n"), "unix"))
    for name in ("between two logs", "before the commit", "after the commit", "before it is noted"):
        assert home.launch({"kill": KILLS[name]}, "land", "edx").code == -9, name
        assert learners_in(home.folder) == []
    assert_settled(home, LINES | lines)


@pytest.mark.long
def test_killed_at_any_moment(home, keys, monkeypatch):
    """From the first log on: before that a run has nothing to lose, and takes long on a busy machine."""
    monkeypatch.setenv("TMPDIR", str(home.folder / "tmp"))
    seed = os.environ.get("KILL_SEED") or secrets.token_hex(4)
    print(f"KILL_SEED={seed} repeats this test")
    chance, at_work = random.Random(seed), 0
    for number in range(15):
        lines = {day: chance.choice((10, 500, 20_000)) for day in range(3)}
        deliver(home.folder, keys, lines, issue=10 + number)
        process = home.start({}, "land", "edx")
        while process.poll() is None and gpg_of(process, given=0) is None:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 2))
        at_work += process.poll() is None
        end_group(process)
        assert learners_in(home.folder) == []
    assert at_work, "every run had ended before it was killed"
    assert_settled(home, lines)
