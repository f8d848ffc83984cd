"""Killed (-9) in mid-decrypt of a file of learners: no file has one in it, and the next run lands all."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end_to_end.edx_homes import ARCHIVE, DOMAIN, NAME, accounts, edx_home, member_of, packed
from tests.end_to_end.homes import Home
from tests.end_to_end.test_identifiers import texts
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed
from tests.servers.processes import new_home

ROWS, WIDTH = 40_000, 200  # about 100 MB


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    """One big file; all that the command makes, its temporary files too, is below this folder."""
    if not installed():
        pytest.skip(NOT_INSTALLED)
    keys, folder = GpgKeys(), new_home("wh-kill-")
    store = folder / "store"
    store.mkdir()
    (folder / "tmp").mkdir()
    key_file = keys.settings("unix").key_file
    plain = accounts(ROWS, width=WIDTH)
    assert len(plain) > 90 << 20
    sealed = keys.encrypted(plain, "unix", more=("--compress-algo", "none"))
    (store / ARCHIVE).write_bytes(packed({member_of("Big1x", "auth_user"): sealed}))
    yield edx_home(folder, store.as_uri(), key_file)
    keys.stop()
    shutil.rmtree(folder, ignore_errors=True)


def gpg_of(process: subprocess.Popen[bytes], given: int = 1 << 20) -> Path | None:
    """The gpg that decrypts for this run, as its folder below /proc, once it has `given` more bytes."""
    for listed in Path(f"/proc/{process.pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in (Path("/proc", number) for number in listed.read_text().split()):
                if b"--decrypt" in (child / "cmdline").read_bytes() and written(child) > given:
                    return child
    return None


def written(child: Path) -> int:
    """Bytes that a process has written so far."""
    [line] = [line for line in (child / "io").read_text().splitlines() if line.startswith("wchar:")]
    return int(line.split()[1])


def is_running(child: Path) -> bool:
    try:
        return (child / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_while_decrypting(home: Home, delay: float) -> bool:
    """Kills the run alone, as the system does; returns whether gpg was at work then."""
    process = home.start({}, "land", "edx")
    until = time.monotonic() + 120
    while (child := gpg_of(process)) is None:
        assert process.poll() is None, "the run ended before it was seen to decrypt"
        assert time.monotonic() < until
        time.sleep(0.005)
    time.sleep(delay)
    at_work = is_running(child)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    until = time.monotonic() + 30
    while is_running(child):
        assert time.monotonic() < until, "gpg outlives its run"
        time.sleep(0.02)
    return at_work


def learners_in(folder: Path) -> list[str]:
    """Files below a folder that hold a name or an address, as bytes or in a column; but for the source."""
    words = {NAME.lower(), DOMAIN}
    found = []
    for path in folder.rglob("*"):
        if not path.is_file() or path.is_relative_to(folder / "store"):
            continue
        text = path.read_bytes().lower()
        if any(word.encode() in text for word in words):
            found.append(path.name)
        # a Parquet file that was not finished cannot be read
        if path.suffix == ".duckdb" or (path.suffix == ".parquet" and text[4:].endswith(b"par1")):
            found += [column for column, values in texts(path) if any(word in values for word in words)]
    return found


def agents(home: Home) -> list[str]:
    """Processes that serve a folder of gpg's in this home."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [command for command in found if f"{home.folder}/work/gpg-" in command]


def test_no_learner_is_left_and_the_next_run_lands_all(home, monkeypatch, long_counts):
    monkeypatch.setenv("TMPDIR", str(home.folder / "tmp"))
    seed = os.environ.get("KILL_SEED") or secrets.token_hex(4)
    print(f"KILL_SEED={seed} repeats this test")
    chance, at_work = random.Random(seed), 0
    for number in range(20 if long_counts else 1):
        delay = chance.uniform(0, 1.5) if number else 0.02
        while_at_work = kill_while_decrypting(home, delay)
        at_work += while_at_work
        assert learners_in(home.folder) == []
        if while_at_work:  # a later kill meets a run that has put its keyring away
            left = list((home.folder / "work").glob("gpg-*"))
            assert left, "the killed run's folder is there to be removed"
        (home.folder / "store" / ARCHIVE).touch()
    assert at_work, "no run was killed while gpg was at work"
    said = home.command("land", "edx")
    assert said.code == 0, said.everything
    counts = home.rows(
        "select rows_read, rows_landed, rows_quarantined, rows_filtered from ops.landings "
        "where table_name = 'auth_user' and outcome = 'closed' order by looked_at desc limit 1"
    )
    assert counts in ([(ROWS, ROWS, 0, 0)], [(ROWS, 0, 0, ROWS)])
    assert home.value("select count(*) from staging_edx.auth_user") == ROWS
    assert home.unbalanced() == []
    assert list((home.folder / "work").glob("gpg-*")) == []
    assert agents(home) == []
    assert [path.name for path in (home.folder / "tmp").iterdir()] == []
    assert learners_in(home.folder) == []


def test_the_search_finds_a_learner(tmp_path):
    (tmp_path / "left.tmp").write_bytes(accounts(1))
    assert learners_in(tmp_path) == ["left.tmp"]
