"""Killed (-9) anywhere and run again: staging and marts are byte-equal to an undisturbed run's."""

from __future__ import annotations

import os
import random
import secrets
import signal
import time

import pytest

from tests.end_to_end.homes import Home, differing, end_group
from tests.end_to_end.sample_runs import KILL_POINTS, LANDING, calls_of, changed_home


def draw(chance: random.Random, phase: str, undisturbed: Home) -> dict[str, object]:
    """A kill at a random call of a random function of the phase, before or after the call."""
    calls = calls_of(undisturbed)
    function = chance.choice([name for name in KILL_POINTS[phase] if calls.get(name)])
    kill = {"function": function, "call": chance.randint(1, calls[function]), "after": chance.random() < 0.5}
    print("killed", phase, kill)
    return {"kill": kill}


def seeded() -> random.Random:
    seed = os.environ.get("KILL_SEED") or secrets.token_hex(4)
    print(f"KILL_SEED={seed} repeats this test")
    return random.Random(seed)


def assert_landed_as_undisturbed(home: Home, undisturbed: Home) -> None:
    """Business columns of staging, days that models look at, refused rows; and nothing open in the ledger.

    Copies share the sealing key and so the marks of refused rows: one row each, however often it was read.
    """
    assert differing(home.staging_text(), undisturbed.staging_text()) == []
    for kept in (
        "platform, table_name, partition_date, row_count, hash_sum from ops.partition_fingerprints",
        "payload_mac, reason, status from ops.quarantine",
    ):
        assert home.rows(f"select {kept} order by all") == undisturbed.rows(f"select {kept} order by all")
    assert home.unbalanced() == []
    assert home.rows("select * from ops.runs where outcome = 'running'") == []


def assert_as_undisturbed(home: Home, undisturbed: Home) -> None:
    """The same, and every published mart."""
    assert_landed_as_undisturbed(home, undisturbed)
    assert differing(home.marts_text(), undisturbed.marts_text()) == []


@pytest.mark.parametrize("phase", LANDING)
def test_landing_killed(phase, changed, tmp_path, tmp_path_factory):
    """Updates, moves and deletes on their way into tables that hold rows."""
    chance, undisturbed = seeded(), changed[0]
    home = changed_home(tmp_path_factory.getbasetemp(), tmp_path / "home")
    assert home.launch(draw(chance, phase, undisturbed), "land").code == -signal.SIGKILL
    assert home.command("land").code == 0
    assert_landed_as_undisturbed(home, undisturbed)


def test_killed_again_and_again(changed, tmp_path, tmp_path_factory):
    """While a ledger closes, while that is settled, while dbt builds, while marts are published."""
    chance, undisturbed = seeded(), changed[0]
    home = changed_home(tmp_path_factory.getbasetemp(), tmp_path / "home")
    assert home.launch(draw(chance, LANDING[-1], undisturbed), "run").code == -signal.SIGKILL
    settling = {"function": "pipelines.landing.ledger:settle", "call": 1, "after": chance.random() < 0.5}
    assert home.launch({"kill": settling}, "run").code == -signal.SIGKILL
    kill_while_dbt_builds(home, chance, group=True)
    assert home.launch(draw(chance, "publish", undisturbed), "run").code == -signal.SIGKILL
    said = home.command("run")
    assert said.code == 0, said.everything
    assert_as_undisturbed(home, undisturbed)
    outcomes = [row[0] for row in home.rows("select outcome from ops.runs order by started_at")]
    assert outcomes[1:] == ["killed"] * 4 + ["published"]


def kill_while_dbt_builds(home: Home, chance: random.Random, *, group: bool) -> None:
    """Waits until dbt has started a number of nodes, then kills the run, with or without its children."""
    nodes = chance.randint(1, 30)
    print("killed while dbt builds, at node", nodes)
    log = home.folder / "logs" / "dbt.log"
    log.unlink(missing_ok=True)
    process = home.start({}, "run")
    until = time.monotonic() + 300
    while not log.exists() or log.read_text(errors="replace").count("START ") < nodes:
        assert process.poll() is None, "the run ended before it was killed"
        assert time.monotonic() < until
        time.sleep(0.02)
    if group:
        end_group(process)
    else:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)


@pytest.mark.parametrize(
    "phase", [pytest.param(p, marks=() if p == LANDING[2] else pytest.mark.long) for p in LANDING]
)
def test_first_landing_killed(phase, sample, first, tmp_path):
    """Nothing is there yet: dlt fills empty tables instead of merging."""
    home = sample.copy(tmp_path / "home")
    assert home.launch(draw(seeded(), phase, first[0]), "land").code == -signal.SIGKILL
    assert home.command("land").code == 0
    assert_landed_as_undisturbed(home, first[0])


@pytest.mark.long
@pytest.mark.parametrize("number", range(20))
def test_killed_once(number, sample, first, changed, tmp_path, tmp_path_factory):
    """Even numbers: the first landing; odd ones: updates, moves and deletes on a warehouse that has marts."""
    chance = seeded()
    phase = tuple(KILL_POINTS)[number // 2 % len(KILL_POINTS)]
    if number % 2:
        undisturbed, home = changed[0], changed_home(tmp_path_factory.getbasetemp(), tmp_path / "home")
    else:
        undisturbed, home = first[0], sample.copy(tmp_path / "home")
    assert home.launch(draw(chance, phase, undisturbed), "run").code == -signal.SIGKILL
    said = home.command("run")
    assert said.code == 0, said.everything
    assert_as_undisturbed(home, undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("number", range(6))
def test_killed_at_a_random_moment(number, changed, tmp_path, tmp_path_factory):
    """Not at the edge of a function: after a random share of the time an undisturbed run takes."""
    chance, undisturbed = seeded(), changed[0]
    [(seconds,)] = undisturbed.rows(
        "select epoch(finished_at - started_at) from ops.runs order by started_at desc limit 1"
    )
    home = changed_home(tmp_path_factory.getbasetemp(), tmp_path / "home")
    delay = chance.uniform(0, seconds)
    print(f"killed after {delay:.2f} of {seconds:.1f} s")
    process = home.start({}, "run")
    time.sleep(delay)
    end_group(process)
    said = home.command("run")
    assert said.code == 0, said.everything
    assert_as_undisturbed(home, undisturbed)


@pytest.mark.long
def test_children_that_outlive_a_killed_run_do_no_harm(changed, tmp_path, tmp_path_factory):
    """Only the run is killed; its dbt goes on for a while and holds the warehouse file."""
    home = changed_home(tmp_path_factory.getbasetemp(), tmp_path / "home")
    kill_while_dbt_builds(home, seeded(), group=False)
    until = time.monotonic() + 120
    said = home.command("run")
    while said.code != 0 and time.monotonic() < until:
        assert len(said.sentences) == 1, said.everything
        assert "held by another process" in said.sentences[0], said.everything
        time.sleep(1)
        said = home.command("run")
    assert said.code == 0, said.everything
    assert_as_undisturbed(home, changed[0])
