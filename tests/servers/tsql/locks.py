"""Application locks, `sp_getapplock`: held by a session or its transaction, waited for a given time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Held:
    session: int
    owner: str
    shared: bool


@dataclass
class Locks:
    """Who holds what, by the lock's name."""

    held: dict[str, list[Held]] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, session: int, resource: str, mode: str, owner: str, wait_ms: int) -> int:
        """0 at once, 1 after waiting, -1 when the time ran out; a negative time waits for ever."""
        mine = Held(session, owner, mode in ("shared", "intentshared"))
        with self.changed:
            waited = not self._free(resource, mine)
            timeout = None if wait_ms < 0 else wait_ms / 1000
            if not self.changed.wait_for(lambda: self._free(resource, mine), timeout):
                return -1
            self.held.setdefault(resource, []).append(mine)
            return int(waited)

    def _free(self, resource: str, mine: Held) -> bool:
        others = [each for each in self.held.get(resource, []) if each.session != mine.session]
        return not others or (mine.shared and all(each.shared for each in others))

    def give_back(self, session: int, resource: str) -> bool:
        """Whether it was held."""
        with self.changed:
            mine = [each for each in self.held.get(resource, []) if each.session == session]
            if mine:
                self.held[resource].remove(mine[-1])
                self.changed.notify_all()
            return bool(mine)

    def forget(self, session: int, owner: str | None = None) -> None:
        """Gives back what a session, or its transaction, holds."""
        with self.changed:
            for resource, held in self.held.items():
                self.held[resource] = [
                    each for each in held if each.session != session or owner not in (None, each.owner)
                ]
            self.changed.notify_all()
