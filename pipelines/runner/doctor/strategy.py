"""What a table's way of being read can never see; the proof is the cursor matrix (docs/cursors.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.runner.doctor.finding import Finding, good, warning
from pipelines.settings import Settings
from pipelines.sources.config import TableFetch


def sees_deletes(fetch: TableFetch) -> bool:
    """A row that went is found by comparing keys: in a sweep, or in a full read where sweeps are not off."""
    return fetch.sweep_every_days > 0


def sees_unmoved(fetch: TableFetch) -> bool:
    """A change that moves no cursor is found by comparing rows."""
    return fetch.cursor is None or fetch.full_every_days > 0


def sees_late_rows(fetch: TableFetch) -> bool:
    """A row that no window held: committed after the overlap, or stamped by a clock that was set back."""
    return fetch.cursor is None or fetch.full_every_days > 0 or fetch.sweep_every_days > 0


def examine_strategies(settings: Settings, platform: str, tables: Mapping[str, TableFetch]) -> list[Finding]:
    """One line for all that is seen, one for each kind of change that some tables never show."""
    return [*_seen(platform, tables), *_unseen(settings, platform, tables)]


def _seen(platform: str, tables: Mapping[str, TableFetch]) -> Iterator[Finding]:
    read = [fetch for fetch in tables.values() if fetch.cursor]
    said = f"{len(tables)} tables, {len(tables) - len(read)} of them compared in full by every run"
    sweeps = [fetch.sweep_every_days for fetch in read if fetch.sweep_every_days]
    fulls = [fetch.full_every_days for fetch in read if fetch.full_every_days]
    said += f"; deletes are seen within {max(sweeps)} days" if sweeps else ""
    said += f"; changes that move no cursor within {max(fulls)} days" if fulls else ""
    yield good(platform, "strategies", said)
    for name, fetch in tables.items():
        if fetch.row_filter:
            yield good(platform, "row filter", f"of {name} only rows with {fetch.row_filter} are read")


def _unseen(settings: Settings, platform: str, tables: Mapping[str, TableFetch]) -> Iterator[Finding]:
    where = f"in pipelines/sources/{platform}.yml"
    kinds = (
        (
            "deletes", sees_deletes, "rows deleted at the source are never seen in {}",
            f"Set sweep_every_days {where}, unless the source purges by age and the rows shall stay here.",
        ),
        (
            "updates", sees_unmoved, "changes that move no cursor are never seen in {}",
            f"Set full_every_days {where}, unless its rows are never changed.",
        ),
        (
            "late rows", sees_late_rows, "rows committed later than the overlap are never seen in {}",
            f"See that overlap is above the longest transaction, or set one of the periods {where}.",
        ),
    )  # fmt: skip
    for check, sees, said, advice in kinds:
        if blind := [name for name, fetch in tables.items() if not sees(fetch)]:
            yield warning(platform, check, said, advice, blind)
    if settings.sweep == "never" and any(fetch.cursor and sees_deletes(fetch) for fetch in tables.values()):
        said = "WAREHOUSE_SWEEP=never: no run looks for deletes between full reads"
        yield warning(platform, "deletes", said, "Unset it.")
