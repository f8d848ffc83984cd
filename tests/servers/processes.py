"""What a test's own server needs of the operating system: an account, a free port, and an end."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def account(name: str) -> pwd.struct_passwd | None:
    """Database servers refuse to run as root; their package brings this account. None: we are not root."""
    return pwd.getpwnam(name) if os.geteuid() == 0 else None


def run_as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """The arguments that make `subprocess` start a program under that account."""
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def hand_over(path: Path, owner: pwd.struct_passwd | None) -> None:
    """Gives a file, or a folder and everything in it, to that account."""
    if owner is not None:
        for each in (path, *path.rglob("*")):
            os.chown(each, owner.pw_uid, owner.pw_gid)


def end_with_parent(by: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that asks Linux to end the server when the test process is killed."""

    def ask() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, by)

    return ask


def new_home(prefix: str) -> Path:
    """A folder for a server, open to its account as pytest's tmp_path is not; the maker's process id is in
    its name, so that what killed test processes left is removed here."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        maker = folder.name.removeprefix(prefix).split("-")[0]
        if maker.isdigit() and not Path(f"/proc/{maker}").exists() and Path("/proc").is_dir():
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))


def end(process: subprocess.Popen[bytes] | None, by: signal.Signals) -> None:
    """Ends a server and waits for it, half a minute at most."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(by)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
