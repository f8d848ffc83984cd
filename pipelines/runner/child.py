"""A child process that is told and asked by lines: how it is started, and how it ends with its `with`."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

Child = subprocess.Popen[str]


def start(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Child:
    """Its own words are dropped: a library's message may quote a value."""
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def end(child: Child) -> None:
    """Whatever it does, it stops, and its pipes are closed."""
    child.kill()
    child.wait()
    for stream in filter(None, (child.stdin, child.stdout)):
        with suppress(BrokenPipeError):
            stream.close()
