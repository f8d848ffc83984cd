"""Daily logs in a folder, landed with the real contract; sealed with real gpg, or passed on as they are."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from tests.landing.logs.staged import gzipped
from tests.landing.own_warehouse import OwnWarehouse
from tests.servers.gpg_keys import GpgKeys

NAME = "unix"


class DailyLogs(OwnWarehouse):
    """One warehouse and the folder of logs that it reads, which is empty at first."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        self.store = folder / "store"
        self.store.mkdir(parents=True)
        source: dict[str, Any] = {"url": self.store.as_uri(), "organisations": [NAME]}
        if key_file:
            source["gpg"] = {"key_file": key_file}
        super().__init__(folder, "edx", {NAME: source})

    def deliver(self, day: date, sealed: bytes, *, site: str = "edx", issue: int = 0) -> str:
        """Puts a day's file into the store and gives its key; a later `issue` of it is another object."""
        path = self.store / (key := key_of(day, site))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed)
        os.utime(path, ns=(10**18 + issue * 10**9,) * 2)
        return key

    def events(self, columns: str = "* exclude (_dlt_load_id)") -> list[tuple[Any, ...]]:
        return self.staged("tracking_events", columns)

    def counts(self) -> dict[str, int]:
        """Key → events in staging."""
        return Counter(key for (key,) in self.events("_file_key"))

    def reasons(self, key: str) -> Counter[str]:
        """Reason → lines of a file that are in quarantine, open."""
        found = self.rows("select reason from ops.quarantine where file_key = ? and status = 'open'", key)
        return Counter(reason for (reason,) in found)

    def touched(self) -> set[date]:
        """Partitions that the last load touched."""
        found = self.rows(
            "select partition_date from ops.touched_partitions where table_name = 'tracking_events' and "
            "load_id = (select max_by(load_id, looked_at) from ops.landings)"
        )
        return {day for (day,) in found}


def key_of(day: date, site: str = "edx") -> str:
    return f"{NAME}/{site}/events/{day:%Y}/{NAME}-{site}-events-{day}.log.gz.gpg"


def sealed(keys: GpgKeys, content: bytes, to: str = NAME) -> bytes:
    """As edX does: gzip, then gpg."""
    return keys.encrypted(gzipped(content), to, more=("--compress-algo", "none"))
