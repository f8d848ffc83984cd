"""Daily logs in a folder, landed with the real contract; sealed with real gpg, or passed on as they are."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops
from tests.landing.logs.staged import gzipped
from tests.servers.gpg_keys import GpgKeys

NAME = "unix"
UNBALANCED = (
    "select file_key, outcome from ops.landings where outcome not in ('closed', 'failed', 'abandoned') "
    "or (outcome = 'closed' and rows_read <> rows_landed + rows_quarantined + rows_filtered)"
)


class PlainKeyring:
    """Stands where the keyring does when what gpg does is not asked: blocks of a few bytes, as they are."""

    def __init__(self, *_: Any) -> None: ...

    def __enter__(self) -> PlainKeyring:
        return self

    def __exit__(self, *_: object) -> None: ...

    def decrypt(self, stream: BinaryIO) -> Iterator[bytes]:
        while block := stream.read(9_973):
            yield block


class DailyLogs:
    """One warehouse and the folder of logs that it reads, which is empty at first."""

    def __init__(self, folder: Path, key_file: Path | None) -> None:
        self.folder, self.store, self.key_file = folder, folder / "store", key_file
        self.store.mkdir(parents=True)
        self.instance, self._runs = NAME, 0
        self._opened: Warehouse | None = None

    @property
    def settings(self) -> Settings:
        source: dict[str, Any] = {"url": self.store.as_uri(), "organisations": [NAME]}
        if self.key_file:
            source["gpg"] = {"key_file": self.key_file}
        keys: dict[str, Any] = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}
        sources: dict[str, Any] = {"edx": {self.instance: source}}
        return Settings(home=self.folder / "home", sources=sources, **keys)

    @property
    def warehouse(self) -> Warehouse:
        if self._opened is None:
            self._opened = open_warehouse(self.settings)
            create_ops(self._opened)
        return self._opened

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # ------------------------------------------------------------ the store

    def deliver(self, day: date, sealed: bytes, *, site: str = "edx", issue: int = 0) -> str:
        """Puts a day's file into the store and gives its key; a later `issue` of it is another object."""
        path = self.store / (key := key_of(day, site))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sealed)
        os.utime(path, ns=(10**18 + issue * 10**9,) * 2)
        return key

    # ------------------------------------------------------------ runs

    def land(self) -> PlatformOutcome:
        self._runs += 1
        return land_platform(self.settings, self.warehouse, f"run-{self._runs}", "edx", lambda _: None)

    def landed(self) -> PlatformOutcome:
        """One landing that must go well; every row of the ledger adds up."""
        outcome = self.land()
        assert [str(error) for error in outcome.errors] == []
        assert [str(table.error) for table in outcome.tables if table.error] == []
        assert self.rows(UNBALANCED) == []
        return outcome

    # ------------------------------------------------------------ what is in it

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))

    def events(self, columns: str = "* exclude (_dlt_load_id)") -> list[tuple[Any, ...]]:
        """All that landed, in one order; None where nothing has landed yet."""
        if not self.warehouse.has_table("staging_edx", "tracking_events"):
            return []
        return self.rows(f"select {columns} from staging_edx.tracking_events order by all")

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


@contextmanager
def open_daily(folder: Path, key_file: Path | None = None) -> Iterator[DailyLogs]:
    """Logs without a day yet; their warehouse is closed at the end."""
    daily = DailyLogs(folder, key_file)
    try:
        yield daily
    finally:
        daily.close()
