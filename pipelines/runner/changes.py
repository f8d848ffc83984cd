"""What changed since the last published run: only its models are built, only its suites are run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pipelines.settings import PROJECT_ROOT, Settings
from pipelines.warehouse import Warehouse
from pipelines.warehouse.published import is_published

# views stay: a full build made them, and there is one whenever the code or the platforms change
_BUILT = (
    "config.materialized:table", "config.materialized:incremental", "resource_type:seed",
    "resource_type:snapshot", "resource_type:test",
)  # fmt: skip
_BEGINNING = datetime(1970, 1, 1)  # before any landing


@dataclass(frozen=True)
class Changes:
    """`tables`: (platform, table) changed in staging; `everything`: the code or the platforms changed.

    `loads` brought the rows that no published run has checked; rows of a run that failed are among them.
    """

    tables: list[tuple[str, str]]
    clock: bool
    everything: bool
    loads: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.tables or self.clock or self.everything)

    @property
    def selectors(self) -> list[str] | None:
        """dbt selectors of stored models and tests above what changed; None asks for a full build."""
        if self.everything:
            return None
        chosen = [f"source:{platform}.{table}+" for platform, table in self.tables]
        chosen += ["int_calendar__run_clock+"] if self.clock else []
        return [f"{above},{kind}" for above in chosen for kind in _BUILT]


def find_changes(settings: Settings, warehouse: Warehouse, platforms: list[str]) -> Changes:
    """Compares the ledger, the run's day and the code with the last published run."""
    last = warehouse.rows(
        "select finished_at, as_of, code_hash from ops.runs where outcome = 'published' and finished_at = "
        "(select max(finished_at) from ops.runs where outcome = 'published')"
    )
    there = settings.published_file.exists() if warehouse.engine == "duckdb" else is_published(warehouse)
    built = there and bool(last)
    since, as_of, code = last[0] if last else (None, None, None)
    # failed and abandoned loads too: what of them reached staging is unchanged to every later load
    arrived = (
        "from ops.landings where outcome <> 'open' "
        "and (rows_landed > 0 or rows_deleted > 0) and landed_at > ? order by"
    )
    after = [since or _BEGINNING]
    tables = warehouse.rows(f"select distinct platform, table_name {arrived} platform, table_name", after)
    loads = warehouse.rows(f"select distinct load_id {arrived} load_id", after)
    everything = not built or code != code_hash(settings, platforms)
    clock = bool(as_of) and as_of.date() != settings.clock.date()
    return Changes([(str(p), str(t)) for p, t in tables], clock, everything, tuple(row[0] for row in loads))


def code_hash(settings: Settings, platforms: list[str]) -> str:
    """Of the dbt project, the suites and the platforms present: any change asks for a full build."""
    digest = hashlib.sha256(repr((settings.engine, platforms)).encode())
    folders = (PROJECT_ROOT / "dbt_project", PROJECT_ROOT / "expectations")
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".sql", ".yml", ".csv", ".py") and "target" not in path.parts:
                digest.update(str(path.relative_to(PROJECT_ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]
