"""dbt's parsed project, handed from one warehouse of the tests to the next: parsing takes six seconds.

dbt itself compares it with the project's files and with the environment, and parses anew what differs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_KEPT = Path(__file__).parents[1] / ".pytest_cache" / "d" / "parsed_project"
_NAME = "partial_parse.msgpack"


@contextmanager
def parsed_project(target: Path, key: str) -> Iterator[None]:
    """Around a command of dbt with that target folder; `key` names what else dbt's parsing depends on."""
    kept, own = _KEPT / f"{key or 'default'}.msgpack", target / _NAME
    if kept.exists() and not own.exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, own)
    yield
    if own.exists() and not kept.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(own, half)
        half.replace(kept)
