"""How long ago each source was last looked at, against the limits its contract gives.

A look is a landing that ended well, whether or not anything had changed. A source is as fresh as the table
of it that was looked at longest ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.contracts import contract_path
from pipelines.errors import WarehouseError
from pipelines.reports.ledger import Record
from pipelines.yaml_file import read_yaml

_PERIODS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Freshness:
    """`state` is fresh, late (past the warning) or stale (past the error); unknown without limits."""

    platform: str
    instance: str
    oldest_table: str
    looked_at: datetime
    age: timedelta
    warn_after: timedelta | None
    error_after: timedelta | None

    @property
    def state(self) -> str:
        if self.error_after is not None and self.age > self.error_after:
            return "stale"
        if self.warn_after is not None and self.age > self.warn_after:
            return "late"
        return "unknown" if self.warn_after is None and self.error_after is None else "fresh"


def freshness(looks: list[Record], now: datetime) -> list[Freshness]:
    """One row an instance. `looks` are the last looks of all tables, `now` is wall time, as they are."""
    oldest: dict[tuple[str, str], Record] = {}
    for look in looks:
        place = (look["platform"], look["instance"])
        if place not in oldest or look["looked_at"] < oldest[place]["looked_at"]:
            oldest[place] = look
    limits = {platform: _limits(platform) for platform, _ in oldest}
    return [
        Freshness(
            platform, instance, look["table_name"], look["looked_at"], now - look["looked_at"],
            *limits[platform],
        )
        for (platform, instance), look in sorted(oldest.items())
    ]  # fmt: skip


def _limits(platform: str) -> tuple[timedelta | None, timedelta | None]:
    """Of the contract as it is written; of one that cannot be read none, and the run has said so."""
    try:
        config = read_yaml(contract_path(platform), "its limits are there")["sources"][0]["config"][
            "freshness"
        ]
        return _period(config.get("warn_after")), _period(config.get("error_after"))
    except (WarehouseError, LookupError, TypeError, AttributeError):
        return None, None


def _period(limit: Record | None) -> timedelta | None:
    return None if limit is None else limit["count"] * _PERIODS[limit["period"]]
