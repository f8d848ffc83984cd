"""Decryption that is ended by its user or by a kill: no process and no plaintext stays behind."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from pipelines.sources.edx_package import Keyring
from tests.servers.processes import new_home
from tests.sources.edx_package.sealed import MARK, PLAIN, decrypted, left_behind, processes_of


def test_who_stops_early_leaves_no_process(keys, sealed, scratch):
    with Keyring(keys.settings("first"), scratch) as keyring:
        blocks = keyring.decrypt(io.BytesIO(sealed * 1))
        next(blocks)
        blocks.close()
        assert not [command for command in processes_of(scratch) if "--decrypt" in command]
    assert left_behind(scratch) == []


def test_nothing_is_on_disk_while_a_file_is_decrypted(keys, sealed, scratch):
    with Keyring(keys.settings("first"), scratch) as keyring:
        for _ in keyring.decrypt(io.BytesIO(sealed)):
            assert not found_in(scratch)


def found_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and MARK in path.read_bytes()]


CHILD = """
import sys, time
from pathlib import Path
from pipelines.settings import GpgSettings
from pipelines.sources.edx_package import Keyring
from pipelines.sources.edx_package import decrypt
decrypt.BLOCK_BYTES = 1 << 16
with Keyring(GpgSettings(key_file=Path(sys.argv[1])), Path(sys.argv[2])) as keyring:
    with open(sys.argv[3], "rb") as sealed:
        blocks = keyring.decrypt(sealed)
        next(blocks)
        print("half-way", flush=True)
        time.sleep(60)
"""


def test_a_kill_in_mid_decrypt_leaves_no_plaintext_and_the_next_run_tidies_up(keys, scratch):
    work = new_home("wh-cipher-")
    (work / "sealed.gpg").write_bytes(keys.encrypted(PLAIN * 4, "first"))
    key = keys.settings("first").key_file
    command = [sys.executable, "-c", CHILD, str(key), str(scratch), str(work / "sealed.gpg")]
    environment = {**os.environ, "TMPDIR": str(work)}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[3])
    assert child.stdout
    assert child.stdout.readline() == b"half-way\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert [path for path in scratch.iterdir() if path.is_dir()]
    assert not found_in(scratch)
    assert not found_in(work)
    deadline = time.monotonic() + 10
    while [command for command in processes_of(scratch) if "--decrypt" in command]:
        assert time.monotonic() < deadline, "gpg outlives the run that started it"
        time.sleep(0.05)
    assert decrypted(keys.settings("first"), scratch, (work / "sealed.gpg").read_bytes()) == PLAIN * 4
    assert left_behind(scratch) == []


def test_a_folder_that_another_run_uses_is_left_alone(keys, sealed, scratch):
    with Keyring(keys.settings("first"), scratch) as mine:
        assert decrypted(keys.settings("second", "two words"), scratch, sealed) == PLAIN
        assert b"".join(mine.decrypt(io.BytesIO(sealed))) == PLAIN
