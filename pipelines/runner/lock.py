"""One run at a time: an operating-system lock that a killed run leaves free, on a server one there, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from pipelines.errors import WarehouseLocked
from pipelines.settings import Settings
from pipelines.warehouse.sqlserver.lock import database_lock


@contextmanager
def run_lock(settings: Settings) -> Iterator[list[str]]:
    """Held for the whole run; yields what to warn of. Raises WarehouseLocked when another run holds it."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / "run.lock"
    try:
        held = FileLock(path, timeout=0).acquire()
    except Timeout:
        raise WarehouseLocked(f"Another run holds {path}.", "Wait for it to end, then run again.") from None
    with held:
        if settings.engine != "sqlserver":
            yield []
            return
        with database_lock(settings) as warned:
            yield warned
