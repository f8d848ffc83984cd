"""Daily enrolment again in plain Python: one account at a time, one act after the other.

Written from decision 083 and the rule of edX, not from the SQL, so that the two can disagree. Days are numbers, times are
seconds of the day.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PAID = ("verified", "credit")
# (run, mode, day) → enrolled, change, ever
Daily = dict[tuple[str, str, int], tuple[int, int, int]]


@dataclass(frozen=True, order=True)
class Act:
    """What the logs have of an account on a run; they are put in order by their fields."""

    day: int
    second: int
    act: str
    mode: str


@dataclass(frozen=True)
class Enrolment:
    """What the run's snapshot has of it."""

    enrolled_on: int
    active: bool
    mode: str


def states(acts: Iterable[Act], snapshot: Enrolment | None, taken: int) -> dict[int, tuple[bool, str]]:
    """Day on which something happened → enrolled and mode at its end."""
    in_order, found = sorted(set(acts)), {}
    known = [act for act in in_order if act.day < taken]
    enrolled = False
    if snapshot and begins(snapshot, in_order):
        enrolled, mode = beginning(snapshot, in_order, taken)
        found[snapshot.enrolled_on] = enrolled, mode
    for number, act in enumerate(in_order, 1):
        enrolled, mode = {"activated": True, "deactivated": False}.get(act.act, enrolled), act.mode
        if snapshot and number == len(known):
            enrolled, mode = snapshot.active, snapshot.mode
        found[act.day] = enrolled, mode
    return found


def begins(snapshot: Enrolment, acts: list[Act]) -> bool:
    """Whether the snapshot knows of a beginning that the logs do not."""
    if not acts or snapshot.enrolled_on < acts[0].day:
        return True
    return snapshot.enrolled_on == acts[0].day and acts[0].act != "activated"


def beginning(snapshot: Enrolment, acts: list[Act], taken: int) -> tuple[bool, str]:
    """What held from the beginning to the first act."""
    if not acts or acts[0].day > taken:
        return snapshot.active, snapshot.mode
    return acts[0].act != "activated", "unknown" if acts[0].act == "mode_changed" else acts[0].mode


def at_end(of_accounts: Mapping[str, dict[int, tuple[bool, str]]], day: int) -> tuple[bool, str] | None:
    """What holds of a person: the enrolled account speaks, then the one that pays, then the one last heard of."""
    held = []
    for account, by_day in of_accounts.items():
        if before := [then for then in by_day if then <= day]:
            enrolled, mode = by_day[max(before)]
            held.append((not enrolled, mode not in PAID, -max(before), account, mode))
    return (not min(held)[0], min(held)[-1]) if held else None


def counted(
    told: Mapping[tuple[str, str], dict[int, tuple[bool, str]]], people: Mapping[str, str], last: int
) -> Daily:
    """(run, account) → states, and account → person, as edX counts them up to the last day."""
    of_people: dict[tuple[str, str], dict[str, dict[int, tuple[bool, str]]]] = defaultdict(dict)
    for (run, account), by_day in told.items():
        of_people[run, people.get(account, account)][account] = by_day
    enrolled: Counter[tuple[str, str, int]] = Counter()
    change: Counter[tuple[str, str, int]] = Counter()
    ever: Counter[tuple[str, str, int]] = Counter()
    for (run, _), accounts in of_people.items():
        before = False
        for day in range(min(min(by_day) for by_day in accounts.values()), last + 1):
            now, mode = at_end(accounts, day) or (False, "")
            enrolled[run, mode, day] += now
            change[run, mode, day] += now - before
            ever[run, mode, day] += 1
            before = now
    return {key: (enrolled[key], change[key], ever[key]) for key in ever}
