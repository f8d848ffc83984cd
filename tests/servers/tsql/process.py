"""The stand-in as a process of its own: pyodbc keeps Python's lock while it waits for some answers, so a
server in the same process would never give them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import end, end_with_parent

_TOP = Path(__file__).parents[3]


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The address of a stand-in started with these options of `python -m tests.servers.tsql`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.tsql", *options],
        cwd=_TOP,
        stdout=subprocess.PIPE,
        preexec_fn=end_with_parent(signal.SIGKILL),
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
    finally:
        end(process, signal.SIGKILL)
