"""Killed (-9) before any step of a sweep and started again: as if nothing had happened."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

KILLER = Path(__file__).with_name("killer.py")


def test_killed_before_any_step_and_started_again_each_file_is_once_in_one_place(tmp_path, long_counts):
    seed = os.environ.get("KILL_SEED") or secrets.token_hex(4)
    print(f"KILL_SEED={seed} repeats this test")
    done = subprocess.run(
        [sys.executable, str(KILLER), str(tmp_path), "0" if long_counts else "4"],
        env=os.environ | {"KILL_SEED": seed}, capture_output=True, text=True, check=False, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *killed, (_, undisturbed) = json.loads(done.stdout)
    assert len(killed) >= (25 if long_counts else 4)
    assert (undisturbed["killed"], undisturbed["drop"]) == (0, [])
    assert undisturbed["costs"] == [["Ads", "2026-01", "2.00"], ["Fair", "2026-01", "11.00"]]
    assert undisturbed["schools"] == [["1"], ["3"]]
    assert undisturbed["refused"] == [["campaigns", "open"], ["school_register", "superseded"]]
    assert undisturbed["archive"] == [
        "campaigns-0.csv", "campaigns-1.csv", "school_register-0.csv", "school_register-1.csv",
    ]  # fmt: skip
    assert undisturbed["quarantine"] == ["minutes.csv", "minutes.csv.reason.txt"]
    for step, found in killed:
        assert found == {**undisturbed, "killed": -9}, f"killed before step {step}"
