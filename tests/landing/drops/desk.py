"""A folder where files are dropped, with the real contract of `drops`, and a warehouse."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from pipelines.landing.platform import PlatformOutcome
from tests.landing.own_warehouse import OwnWarehouse

COSTS = "campaign,channel,month,cost,currency\n"
SCHOOLS = "urn,school_name,phase,school_type,region,pupils,status,closed_on\n"


class Desk(OwnWarehouse):
    """Files go in with `drop`, one minute after the other; `land` is a sweep."""

    ends = ("closed",)

    def __init__(self, folder: Path) -> None:
        self.place, self._minute = folder / "place", 0
        (self.place / "drop").mkdir(parents=True, exist_ok=True)
        super().__init__(folder, "drops", {"main": {"url": self.place.as_uri()}})

    def drop(self, name: str, content: str | bytes, minute: int | None = None) -> Path:
        self._minute = self._minute + 1 if minute is None else minute
        path = self.place / "drop" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        at = datetime(2026, 7, 1, 9, self._minute, 0, 123_400, tzinfo=UTC).timestamp()
        os.utime(path, (at, at))
        return path

    def land(self, only: set[str] | None = None) -> PlatformOutcome:
        return self._land(only=None if only is None else {"main": frozenset(only)})

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
