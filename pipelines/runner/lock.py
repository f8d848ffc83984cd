"""One run at a time: an operating-system lock that a killed run leaves free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from pipelines.errors import WarehouseLocked
from pipelines.settings import Settings


@contextmanager
def run_lock(settings: Settings) -> Iterator[None]:
    """Held for the whole run. Raises WarehouseLocked when another run holds it."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "run.lock"
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout:
        raise WarehouseLocked(f"Another run holds {path}.", "Wait for it to end, then run again.") from None
