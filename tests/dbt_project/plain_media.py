"""Viewings, segments, attempts and answers again in plain Python: one act after the other, as edX's pipeline reads them.

Written from decisions 088 and 089, not from the SQL, so that the two can disagree. Lines are dictionaries of text in
landed shape; a number that is missing is unknown.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

Line = Mapping[str, str]
ACTS = {
    "play_video": "play_video", "edx.video.played": "play_video", "pause_video": "pause_video",
    "edx.video.paused": "pause_video", "stop_video": "stop_video", "edx.video.stopped": "stop_video",
    "seek_video": "seek_video", "edx.video.position.changed": "seek_video", "edx.video.seeked": "seek_video",
}  # fmt: skip
CHOICES = {"choiceresponse", "multiplechoiceresponse", "optionresponse"}


class Act(NamedTuple):
    """In the order in which edX sorts: by time, name and places."""

    day: str
    time: str
    name: str
    new_place: float
    place: float
    length: float
    line: int


class Viewing(NamedTuple):
    account: str
    course: str
    video: str
    day: str
    started: str
    begins: float
    ends: float
    length: float | None


def once(lines: Iterable[Line]) -> list[Line]:
    """Each line of a day once, in however many files it stands."""
    return list({(line["event_date"], line["line_hash"]): line for line in lines}.values())


def viewings(lines: Iterable[Line]) -> list[Viewing]:
    acts: dict[tuple[str, str, str], list[Act]] = defaultdict(list)
    for line in once(lines):
        act = _act(line)
        who = line.get("user_id") or line.get("username")
        if act and who and line.get("course_id") and line.get("block_id"):
            acts[who, line["course_id"], line["block_id"]].append(act)
    return [viewing for key, own in acts.items() for viewing in _viewings(key, sorted(own))]


def _act(line: Line) -> Act | None:
    name = ACTS.get(line.get("event_type", ""))
    if not name:
        return None
    default = "0" if name == "pause_video" and line.get("payload") != "broken" else None
    place = line.get("old_time") if name == "seek_video" else line.get("current_time", default)
    new_place = line.get("new_time") if name == "seek_video" else place
    if any(one is None or not 0 <= float(one) <= 36_000 for one in (place, new_place)):
        return None
    length = float(line.get("duration", -1))
    assert place is not None and new_place is not None
    return Act(
        line["event_date"], line["time"], name, float(new_place), float(place), length, int(line["line_hash"])
    )


def _viewings(key: tuple[str, str, str], acts: list[Act]) -> Iterable[Viewing]:
    playing: tuple[Act, float] | None = None
    sought: float | None = None
    for act in acts:
        if act.name == "play_video":
            playing, sought = (act, act.place if sought is None else sought), None
        elif playing:
            (play, begins), playing = playing, None
            length = play.length if play.length not in (0, -1) else None
            sought = act.new_place if act.name == "seek_video" else None
            if act.place - begins >= 0.25 and (length is None or act.place <= length + 1):
                yield Viewing(*key, play.day, play.time, begins, act.place, length)


class Segment(NamedTuple):
    users: int
    views: int
    length: float
    is_length_known: bool
    at_start: int
    at_end: int


def segments(found: Iterable[Viewing]) -> dict[tuple[str, str, int], Segment]:
    """(course, video, segment) → what is known of it and of the video."""
    of_video: dict[tuple[str, str], list[Viewing]] = defaultdict(list)
    for viewing in found:
        of_video[viewing.course, viewing.video].append(viewing)
    return {(*key, at): one for key, own in of_video.items() for at, one in _segments(own).items()}


def _segments(own: list[Viewing]) -> dict[int, Segment]:
    watched: dict[int, list[str]] = defaultdict(list)
    for viewing in own:
        for at in range(int(viewing.begins) // 5, int(viewing.ends) // 5 + 1):
            watched[at].append(viewing.account)
    users = {at: len(set(watched[at])) for at in sorted(watched)}
    known = all(viewing.length is not None for viewing in own)
    if known:
        length = max(viewing.length or 0 for viewing in own)
        last = int(length) // 5
    else:
        last = _falls_off(users)
        length = 5 * (last + 1) - 1
    end = users.get(int(max(length - 30, length * 0.95)) // 5, 0)
    found = {at: Segment(users[at], len(watched[at]), length, known, users.get(0, 0), end) for at in users}
    return {at: one for at, one in found.items() if at <= last or last not in users}


def _falls_off(users: dict[int, int]) -> int:
    backwards = sorted(users, reverse=True)
    for later, at in pairwise(backwards):
        if users[later] <= users[at] * 0.05:
            return at
    return backwards[0]


def attempts(lines: Iterable[Line]) -> list[Line]:
    """Checks that the server logged, in order; each line once, on whichever days it stands."""
    lines = sorted(lines, key=lambda line: line["event_date"], reverse=True)
    checks = [
        line
        for line in {line["line_hash"]: line for line in lines}.values()
        if line.get("event_type") in ("problem_check", "save_problem_check")
        and line.get("event_source") == "server"
        and line.get("course_id") and line.get("block_id")
        and (line.get("user_id") or line.get("username"))
    ]  # fmt: skip
    return sorted(checks, key=in_time)


def in_time(line: Line) -> tuple[Any, ...]:
    return line["event_date"], line["time"], int(line["line_hash"])


def answers(checks: list[Line]) -> dict[tuple[str, str, str, str], tuple[bool, int, int]]:
    """(course, problem, part, answer) → whether it is correct, learners' first and last answers."""
    of_learner: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in checks:
        of_learner[line["course_id"], line["block_id"], line.get("user_id") or line["username"]].append(line)
    given: dict[tuple[str, str, str], list[tuple[Line, dict[str, Any], int, int]]] = defaultdict(list)
    for (course, problem, _), own in of_learner.items():
        for line in {id(one): one for one in (own[0], own[-1])}.values():
            for part in json.loads(line.get("answers", "[]")):
                counted = int(line is own[0]), int(line is own[-1])
                given[course, problem, part["part"]].append((line, part, *counted))
    return {(*key, answer): one for key, own in given.items() for answer, one in _distribution(own).items()}


def _distribution(own: list[tuple[Line, dict[str, Any], int, int]]) -> dict[str, tuple[bool, int, int]]:
    newest_first = sorted(own, key=lambda one: in_time(one[0]), reverse=True)
    if newest_first[0][1].get("type") not in CHOICES:
        return {}
    found: dict[str, tuple[bool, int, int]] = {}
    for _, part, first, last in newest_first:
        if part["answers"]:
            answer = "|".join(part["answers"])
            right, firsts, lasts = found.get(answer, (part["correct"] == "correct", 0, 0))
            found[answer] = right, firsts + first, lasts + last
    return found


def counted(rows: Iterable[Any], key: Callable[[Any], Any]) -> Counter[Any]:
    return Counter(key(row) for row in rows)
