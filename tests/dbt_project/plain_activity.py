"""Sessions, time on task and labels again in plain Python: one account at a time, one act after the other.

Written from decisions 080 to 082, not from the SQL, so that the two can disagree. Times are epoch seconds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

GAP = 30 * 60
DAY = 86_400
# colons in a place that is a course run, platform:instance:id; a platform as a whole has one
IN_A_COURSE = 2


@dataclass(frozen=True)
class Act:
    """What an account did at a place; `number` decides between two acts of one second."""

    account: str
    place: str
    act: str
    number: str | int
    at: int
    lasts: int = 0

    @property
    def day(self) -> int:
        return self.at // DAY

    @property
    def ends(self) -> int:
        return self.at + self.lasts


@dataclass
class Told:
    """What the marts say: sessions; seconds with both time-outs; acts of each label."""

    # (account, first act, end of the last one, acts, courses)
    sessions: Counter = field(default_factory=Counter)
    # (account, place, day) → [acts, seconds with 5 minutes, with 30]
    time: dict[tuple[str, str, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0])
    )
    # (account, place, day) → label → acts
    labels: dict[tuple[str, str, int], Counter] = field(default_factory=lambda: defaultdict(Counter))


def told(acts: Iterable[Act], learns: set[tuple[str, str]], label_of: dict[str, str]) -> Told:
    """`learns` has (account, place) of learners; acts that `label_of` does not know are ACTIVE."""
    found = Told()
    of_account: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        of_account[act.account].append(act)
    for account, own in of_account.items():
        own.sort(key=lambda act: (act.at, act.number))
        for session in _sessions(own):
            counted = [act for act in session if (account, act.place) in learns]
            if counted:
                courses = {act.place for act in counted if act.place.count(":") == IN_A_COURSE}
                end = max(act.ends for act in counted)
                found.sessions[account, counted[0].at, end, len(counted), len(courses)] += 1
        for act, seconds in zip(own, _seconds(own), strict=True):
            if (account, act.place) in learns:
                _enter(found, act, seconds, label_of.get(act.act, "ACTIVE"))
    return found


def _enter(found: Told, act: Act, seconds: tuple[int, int], label: str) -> None:
    where = act.account, act.place, act.day
    found.time[where] = [old + new for old, new in zip(found.time[where], (1, *seconds), strict=True)]
    if label != "NONE":
        found.labels[where].update({"ACTIVE", label})


def _sessions(own: list[Act]) -> list[list[Act]]:
    sessions: list[list[Act]] = []
    end = None
    for act in own:
        if end is None or act.at - end > GAP:
            sessions.append([])
        sessions[-1].append(act)
        end = act.ends if end is None else max(end, act.ends)
    return sessions


def _seconds(own: list[Act]) -> list[tuple[int, int]]:
    """Of each act the seconds with both time-outs: what it lasts and no other did, and the pause after it."""
    found = []
    for place, act in enumerate(own):
        today = [before for before in own[:place] if before.day == act.day]
        covered = max([before.ends for before in today], default=act.at)
        lasted = max(0, act.ends - max(covered, act.at))
        pause = None
        if place + 1 < len(own):
            after = own[place + 1]
            so_far = [*today, act] if after.day == act.day else own[: place + 1]
            pause = after.at - max(before.ends for before in so_far)
        found.append((lasted + _counted(pause, 5), lasted + _counted(pause, 30)))
    return found


def _counted(pause: int | None, minutes: int) -> int:
    return pause if pause is not None and 0 <= pause <= 60 * minutes else 0
