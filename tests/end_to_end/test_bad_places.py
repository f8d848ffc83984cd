"""Contracts, disks and locks that are in the way: one sentence, nothing half-landed, others go on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.runner.lock import run_lock
from pipelines.settings import Settings
from tests.end_to_end.broken_contracts import BROKEN, broken_contracts
from tests.end_to_end.homes import LAUNCHER, Home, differing

HOLD = "import sys, duckdb; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
FULL = r"The disk that holds .+ is full\. Free space there, then run again: nothing half-landed\."


def test_a_contract_that_is_no_yaml_is_told_with_its_line(first, tmp_path):
    """What landed before under the good contract stays published."""
    home = first[0].copy(tmp_path / "home")
    said = home.launch(broken_contracts(tmp_path / "contracts", "not YAML"), "run")
    assert said.code == 3, said.everything
    [sentence] = said.sentences
    assert re.search(BROKEN["not YAML"][2], sentence)
    assert differing(home.marts_text(), first[0].marts_text()) == []


def test_a_platform_that_is_away_stops_no_other(first, tmp_path):
    home = first[0].copy(tmp_path / "home")
    home.change("subscriptions", "update plans set name = 'Renamed', updated_at = :now where id = 2;")
    home.source("moodle").unlink()
    said = home.command("land", WAREHOUSE_CONNECT_ATTEMPTS="1")
    assert said.code == 3, said.everything
    [sentence] = said.sentences
    assert re.fullmatch(r"moodle/main: there is no file .*/moodle\.sqlite\. Check its URL\.", sentence)
    assert said.counts("subscriptions")["landed"] == 1


def test_a_full_disk_under_the_warehouse(sample, first, tmp_path):
    """No file may grow beyond 2 MB; the warehouse wants more."""
    home = classroom_alone(sample, tmp_path)
    said = home.launch({"file_limit": 2_000_000}, "land")
    assert_full(home, said.code, said.everything, said.sentences)
    assert home.command("land").code == 0
    assert_landed_whole(home, first[0])
    assert home.unbalanced() == []


def test_a_full_disk_under_the_work_folder(sample, first, tmp_path):
    """A file system of 1 MB, mounted for this process alone."""
    home = classroom_alone(sample, tmp_path)
    work = home.folder / "work"
    work.mkdir()
    mount = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        f"mount -t tmpfs -o size=1m tmpfs '{work}' && exec \"$@\"",
        "sh",
    ]
    if subprocess.run([*mount, "true"], capture_output=True, check=False).returncode:
        pytest.skip("small file system: this user may not mount one")
    command = [*mount, sys.executable, str(LAUNCHER), "{}", "land"]
    said = home.run(command)
    assert_full(home, said.code, said.everything, said.sentences)
    assert home.command("land").code == 0
    assert_landed_whole(home, first[0])


def classroom_alone(sample: Home, folder: Path) -> Home:
    """One platform is enough to fill a disk."""
    home = sample.copy(folder / "home")
    home.only("classroom")
    return home


def assert_landed_whole(home: Home, undisturbed: Home) -> None:
    landed, whole = home.staging_text(), undisturbed.staging_text()
    assert len(landed) > 5
    assert differing(landed, {name: whole[name] for name in landed}) == []


def assert_full(home: Home, code: int, told: str, sentences: list[str]) -> None:
    assert code in (1, 3), told
    assert "Traceback" not in told
    assert [sentence for sentence in sentences if re.fullmatch(FULL, sentence)], told
    rest = [sentence for sentence in sentences if not re.fullmatch(FULL, sentence)]
    assert all(sentence.startswith("No platform could be landed") for sentence in rest), told
    assert (
        home.rows("select * from ops.landings where outcome = 'closed' and rows_landed <> rows_to_land") == []
    )


def test_a_warehouse_file_that_somebody_holds(first, tmp_path):
    home = first[0].copy(tmp_path / "home")
    command = [sys.executable, "-c", HOLD, str(home.folder / "warehouse.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for words in (["run"], ["land", "moodle"], ["query", "select 1", "--ops"]):
            said = home.command(*words, WAREHOUSE_LOCK_TIMEOUT="1")
            assert said.code == 1, words
            [sentence] = said.sentences
            assert re.fullmatch(
                r"The warehouse file .+/warehouse\.duckdb is held by another process\. Close what .+\.",
                sentence,
            )
        assert home.command("query", "select count(*) from core.dim_schools").code == 0, (
            "readers of marts go on"
        )
        assert "event: ended" in home.command("status").out, "the run log answers meanwhile"
        holder.kill()
    assert "platform" not in home.command("status").err
    assert "subscriptions/main: looked at " in home.command("status").out


def test_a_second_run_is_sent_away(first, tmp_path):
    home = first[0].copy(tmp_path / "home")
    with run_lock(Settings(home=home.folder)):
        said = home.command("run")
    assert said.code == 1
    assert said.sentences == [
        f"Another run holds {home.folder}/run.lock. Wait for it to end, then run again."
    ]


def test_an_error_nobody_expected_quotes_no_row(sample, tmp_path):
    """A library's own text may hold values; the command tells class and place alone."""
    home = sample.copy(tmp_path / "home")
    break_it = {"before": "pipelines.landing.ledger:recount", "sql": "select cast('pupil00010' as integer)"}
    said = home.launch({"lose_row": break_it}, "run", "subscriptions")
    assert said.code == 1
    [sentence] = said.sentences
    assert re.fullmatch(
        r"The command stopped with ConversionException at pipelines/\S+\.py, line \d+\. "
        r"This is an error of ours: report it\.",
        sentence,
    )
    assert "pupil00010" not in said.everything
    logs = [path.read_text() for path in (home.folder / "logs").iterdir()]
    assert logs
    assert not [text for text in logs if "pupil00010" in text]
    last = json.loads("".join(logs).splitlines()[-1])
    assert (last["event"], last["outcome"]) == ("ended", "failed")
