"""A folder where files are dropped, with the real contract of `drops`, and a warehouse."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.landing.platform import PlatformOutcome, land_platform
from pipelines.landing.replay import replay_platform
from pipelines.settings import Settings
from pipelines.warehouse import Warehouse, open_warehouse
from pipelines.warehouse.ops import create_ops

COSTS = "campaign,channel,month,cost,currency\n"
SCHOOLS = "urn,school_name,phase,school_type,region,pupils,status,closed_on\n"
KEYS: dict[str, Any] = {"pseudonym_key": "ab" * 32, "sealing_key": "cd" * 32}
UNBALANCED = (
    "select table_name, outcome from ops.landings where outcome <> 'closed' "
    "or rows_read <> rows_landed + rows_quarantined + rows_filtered"
)


def settings_of(folder: Path, **where: Any) -> Settings:
    source = {"url": (folder / "place").as_uri(), **where}
    return Settings(home=folder / "home", sources={"drops": {"main": source}}, **KEYS)


class Desk:
    """Files go in with `drop`, one minute after the other; `land` is a sweep."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self.folder, self.place, self.warehouse, self.runs, self._minute = (
            folder,
            folder / "place",
            warehouse,
            0,
            0,
        )
        self.where: dict[str, Any] = {}
        (self.place / "drop").mkdir(parents=True, exist_ok=True)

    def drop(self, name: str, content: str | bytes, minute: int | None = None) -> Path:
        self._minute = self._minute + 1 if minute is None else minute
        path = self.place / "drop" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        at = datetime(2026, 7, 1, 9, self._minute, 0, 123_400, tzinfo=UTC).timestamp()
        os.utime(path, (at, at))
        return path

    @property
    def settings(self) -> Settings:
        return settings_of(self.folder, **self.where)

    def land(self, only: set[str] | None = None) -> PlatformOutcome:
        self.runs += 1
        files = None if only is None else {"main": frozenset(only)}
        return land_platform(
            self.settings, self.warehouse, f"run-{self.runs}", "drops", lambda _: None, only=files
        )

    def landed(self) -> PlatformOutcome:
        """One sweep that must go well; every row of the ledger adds up."""
        outcome = self.land()
        assert [str(error) for error in outcome.errors] == []
        assert [str(table.error) for table in outcome.tables if table.error] == []
        assert self.rows(UNBALANCED) == []
        return outcome

    def replay(self) -> PlatformOutcome:
        return replay_platform(self.settings, self.warehouse, "replay", "drops", lambda _: None)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.warehouse.rows(sql, list(values))

    def costs(self) -> list[tuple[str, str, str]]:
        """Campaign, month and cost of everything in staging."""
        return self.rows(
            "select campaign, strftime(month, '%Y-%m'), cast(cost as varchar) from staging_drops.campaigns "
            "order by all"
        )

    def files(self, part: str) -> list[str]:
        """Names in `drop`, `archive` or `quarantine`, without day and mark."""
        found = (path.name for path in (self.place / part).rglob("*") if path.is_file())
        return sorted(name if part == "drop" else _plain(name) for name in found)

    def text(self, part: str, name: str) -> str:
        (path,) = (path for path in (self.place / part).rglob("*.*") if _plain(path.name) == name)
        return path.read_text(encoding="utf-8")


def _plain(name: str) -> str:
    """`a.1f00ba42.csv.reason.txt` without the mark."""
    first, _, *rest = name.split(".")
    return ".".join([first, *rest])


@contextmanager
def open_desk(folder: Path) -> Iterator[Desk]:
    with open_warehouse(settings_of(folder)) as warehouse:
        create_ops(warehouse)
        yield Desk(folder, warehouse)
