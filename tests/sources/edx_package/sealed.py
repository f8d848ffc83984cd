"""A text that nobody may see, and what is left of its decryption in folders and processes."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

from pipelines.settings import GpgSettings
from pipelines.sources.edx_package import Keyring

MARK = b"learner-nobody-may-see"
PLAIN = b"\n".join(b"%d\t%s\t%s" % (number, MARK, os.urandom(40).hex().encode()) for number in range(30_000))


def decrypted(gpg: GpgSettings | None, scratch: Path, content: bytes) -> bytes:
    with Keyring(gpg, scratch) as keyring:
        return b"".join(keyring.decrypt(io.BytesIO(content)))


def left_behind(scratch: Path) -> list[str]:
    """Files in the work folder but its lock, and processes that work for it."""
    deadline = time.monotonic() + 10
    while processes_of(scratch) and time.monotonic() < deadline:
        time.sleep(0.01)  # an agent that was told to end takes a moment
    files = [str(path) for path in scratch.rglob("*") if path.name != ".gpg-lock"]
    return files + processes_of(scratch)


def processes_of(scratch: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue
        if str(scratch) in command:
            found.append(command)
    return found
