"""The DuckDB of a process whose warehouse is on a server: empty at first, and gone with the process."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from pipelines.settings import Settings
from pipelines.warehouse.duckdb import DuckDbWarehouse, open_at


def open_local(settings: Settings) -> DuckDbWarehouse:
    """A new file in the work folder; those of processes that were killed are swept away."""
    folder = settings.work_folder / "local"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.duckdb*"):
        if left.name.split(".")[0].isdigit() and not _alive(int(left.name.split(".")[0])):
            left.unlink(missing_ok=True)
    number = 0
    while (path := folder / f"{os.getpid()}.{number}.duckdb").exists():
        number += 1
    return open_at(settings, path)


def drop_local(local: DuckDbWarehouse) -> None:
    """Closes it and removes what it wrote."""
    local.close()
    for path in (local.path, Path(f"{local.path}.wal")):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
