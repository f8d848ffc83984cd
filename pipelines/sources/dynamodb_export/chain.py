"""Which exports of a table are to land: the newest full one, then every window after it, without a hole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol


class Window(Protocol):
    """What of an export decides; times in microseconds. A full export starts and ends at its time."""

    @property
    def id(self) -> str: ...
    @property
    def table_id(self) -> str: ...
    @property
    def is_full(self) -> bool: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Chain:
    """`links`: the full export and its windows in their order; `older`: those that it makes needless;
    `waiting`: those that cannot land, with the sentence that says why.
    """

    links: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    broken: str | None = None


def chain_of(table: str, exports: Iterable[Window]) -> Chain:
    """The chain of one table's exports, landed ones among them; each has an id of its own."""
    known = sorted(exports, key=lambda it: (it.start, it.end, it.id))
    full = max((it for it in known if it.is_full), key=lambda it: (it.end, it.id), default=None)
    if full is None:
        waiting = [it.id for it in known]
        why = f"{table} has no full export, so {_exports(waiting)} of changes cannot land."
        return Chain(waiting=waiting, broken=why if waiting else None)
    older = [it.id for it in known if it is not full and it.end <= full.end]
    links, reached, broken = [full.id], full.end, None
    after = [it for it in known if it.end > full.end]
    for place, it in enumerate(after):
        if it.table_id != full.table_id:
            broken = f"{table} was made anew after its full export of {_time(full.end)}"
        elif it.start > reached:
            broken = f"{table} has no export of the changes from {_time(reached)} to {_time(it.start)}"
        if broken:
            waiting = [one.id for one in after[place:]]
            return Chain(links, older, waiting, f"{broken}, so {_exports(waiting)} after that cannot land.")
        links.append(it.id)
        reached = max(reached, it.end)
    return Chain(links, older)


def _exports(ids: list[str]) -> str:
    return "1 export" if len(ids) == 1 else f"{len(ids)} exports"


def _time(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S")
