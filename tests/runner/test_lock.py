"""One run at a time, and a killed one leaves the way free."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pipelines.errors import WarehouseLocked
from pipelines.runner.lock import run_lock
from pipelines.settings import Settings

HOLD = """
import sys, time
from pathlib import Path
from pipelines.runner.lock import run_lock
from pipelines.settings import Settings
with run_lock(Settings(home=Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def holder(settings):
    """Another process that has the lock; killed at the end at the latest."""
    command = [sys.executable, "-c", HOLD, str(settings.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused_at_once_with_one_sentence(settings, holder):
    with pytest.raises(WarehouseLocked) as refused, run_lock(settings):
        pass
    assert (
        str(refused.value)
        == f"Another run holds {settings.home / 'run.lock'}. Wait for it to end, then run again."
    )
    assert refused.value.exit_code == 1


def test_a_killed_run_leaves_the_lock_free(settings, holder):
    holder.kill()
    holder.wait()
    with run_lock(settings):
        assert (settings.home / "run.lock").exists()


def test_the_lock_is_free_again_after_a_run_even_one_that_failed(settings):
    with pytest.raises(ValueError), run_lock(settings):
        raise ValueError
    with run_lock(settings):
        pass
