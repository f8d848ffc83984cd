"""How learners of the sample's tracking logs go through a course and watch its videos."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from scripts.sample_sources.edx_courses import HOMEWORKS, Run
from scripts.sample_sources.edx_log_lines import IN_PAGE, Record, Visit

LENGTHS = (184.9, 301, 95.25, 612)
YOUTUBE = ("b7xgknqkQk8", "OEoXaMPEzfM", "html5", "html5")
# event_type and name of what a player does, old and new.
LOAD, PLAY = ("load_video", "edx.video.loaded"), ("play_video", "edx.video.played")
PAUSE, STOP = ("pause_video", "edx.video.paused"), ("stop_video", "edx.video.stopped")
SEEK, SPEED = ("seek_video", "edx.video.position.changed"), ("speed_change_video", "speed_change_video")
SEQUENCE = (
    ("seq_goto", "edx.ui.lms.sequence.tab_selected"),
    ("seq_next", "edx.ui.lms.sequence.next_selected"),
    ("seq_prev", "edx.ui.lms.sequence.previous_selected"),
)


# ---------------------------------------------------------------- pages


def lesson_page(visit: Visit, place: int) -> str:
    """The page of a week's lesson; a few asked for with an address, a few in the learning app."""
    chapter, lesson = (visit.run.block(*block) for block in (("chapter", str(place)), _lesson(place)))
    if visit.number % 17 == 3 and not visit.run.slash:
        return f"https://learning.edx.org/course/{visit.course_id}/{lesson}"
    names = [block.rpartition("@")[2].rpartition("/")[2] for block in (chapter, lesson)]
    asked = f"?email={IN_PAGE}" if visit.number % 31 == 5 else ""
    return f"{visit.url}/courseware/{names[0]}/{names[1]}/{asked}"


def _lesson(place: int) -> tuple[str, str]:
    return "sequential", f"lesson {place}"


def sequence_records(visit: Visit, place: int, turn: int) -> Iterator[Record]:
    """One step in a lesson's sequence: by tab, on or back."""
    legacy, name = SEQUENCE[turn % 3]
    old = 1 + turn % 2
    new = old - 1 if legacy == "seq_prev" else old + 1
    payload = {
        "old": old, "new": new, "id": visit.run.block(*_lesson(place)), "current_tab": old, "tab_count": 3,
        "target_tab": new, "widget_placement": ("top", "bottom")[turn % 2],
    }  # fmt: skip
    # Over the border of a sequence the event_type is the new name.
    border = turn % 11 == 0 and legacy != "seq_goto"
    yield visit.browser(visit.after(15), name, payload, lesson_page(visit, place), "" if border else legacy)


def browse_records(visit: Visit, turn: int) -> Iterator[Record]:
    """Looking around: an outline, links, tools, the page closed."""
    page, target = f"{visit.url}/course/", visit.run.block(*_lesson(turn % HOMEWORKS))
    widget = {"widget_placement": "sidebar"}
    acts: tuple[tuple[str, Any], ...] = (
        ("edx.ui.lms.outline.selected", {"current_url": page, "target_url": f"{visit.url}/jump_to/{target}",
                                         "target_name": f"Lesson {turn % HOMEWORKS + 1}", **widget}),
        ("edx.ui.lms.link_clicked", {"current_url": page, "target_url": f"{visit.url}/progress"}),
        ("edx.ui.lms.link_clicked", {"current_url": page, "target_url": "https://www.example.org/herons"}),
        ("edx.course.tool.accessed", {"tool_name": "edx.bookmarks", "course_id": visit.course_id,
                                      "is_staff": False}),
        ("edx.course.home.resume_course.clicked", {"event_type": "resume", "url": f"{visit.url}/jump_to/"}),
        ("edx.ui.lms.jump_nav.selected", {"target_name": "Week 1", "current_url": page, **widget}),
    )  # fmt: skip
    name, payload = acts[turn % len(acts)]
    yield visit.browser(visit.after(40), name, payload, page)
    if turn % 2:
        yield visit.browser(visit.after(300), "page_close", {}, page)


# ---------------------------------------------------------------- videos


def video_records(visit: Visit, place: int, turn: int) -> Iterator[Record]:
    """One video watched, on the page or every fifth time in the app, days before that was online."""
    late = timedelta(days=turn % 13, minutes=turn % 50)
    for seconds, names, payload in _watched(visit, place, turn):
        moment = visit.after(seconds)
        if turn % 5 == 4:
            given = json.dumps(payload) if turn % 2 else payload
            yield visit.phone(moment, late, names, given)
        else:
            # Since 2019 some players report the new name, with the old one as the type.
            name = names[1] if turn % 3 == 0 else names[0]
            yield visit.browser(moment, name, payload, lesson_page(visit, place), names[0])


def _watched(visit: Visit, place: int, turn: int) -> Iterator[tuple[float, tuple[str, str], Record]]:
    """Seconds into the visit, names and payload: loaded, played, paused, moved, played to the end."""
    length = LENGTHS[place]
    shared: Record = {"id": _video_id(visit.run, place, turn), "code": YOUTUBE[place]}
    if turn % 5 == 4:
        shared["code"] = "mobile"
    # What players report of the length: nearly always itself, else nothing, null, or 0.
    shared |= ({}, {"duration": None}, {"duration": 0})[turn % 3] if turn % 10 == 7 else {"duration": length}
    yield 0, LOAD, shared
    yield 4, PLAY, shared | _offset(0.03, turn)
    yield 64, PAUSE, shared | _offset(60.21, turn + 1)
    if turn % 2:
        # Before the middle of 2014 both were the new one; some players of old still are like that.
        old = 80.5 if turn % 9 == 1 else 60.21
        kind = ("onSlideSeek", "onCaptionSeek", "onSkipSeek")[turn % 3]
        yield 70, SEEK, shared | {"old_time": old, "new_time": 80.5, "type": kind}
    if turn % 4 == 1:
        yield 72, SPEED, shared | {"current_time": 80.5, "old_speed": "1.0", "new_speed": "1.50"}
    if turn % 3:
        yield 75, PLAY, shared | _offset(80.5, turn + 3)
        # At the end players report twice: stopped and, before it, paused.
        yield 90, PAUSE, shared | {"currentTime": length}
        yield 90.2, STOP, shared | {"currentTime": length}


def _offset(seconds: float, turn: int) -> Record:
    """Where the player stands: nearly always a float, sometimes int, text, NaN or nothing."""
    odd: tuple[Record, ...] = (
        {"currentTime": int(seconds)}, {"currentTime": str(seconds)}, {"currentTime": math.nan}, {},
        {"currentTime": None},
    )  # fmt: skip
    return odd[turn // 9 % len(odd)] if turn % 9 == 0 else {"currentTime": seconds}


def _video_id(run: Run, place: int, turn: int) -> str:
    block = run.videos[place]
    name = block.rpartition("@")[2]
    if run.slash:
        name = block.replace("i4x://", "i4x-").replace("/", "-")
    return f"\n{name}" if turn % 41 == 40 else name


def transcript_records(visit: Visit, place: int, turn: int) -> Iterator[Record]:
    """Transcript and captions shown or hidden."""
    shared = {"id": _video_id(visit.run, place, 0), "code": YOUTUBE[place], "duration": LENGTHS[place]}
    names = ("show_transcript", "hide_transcript", "edx.video.closed_captions.shown", "video_show_cc_menu")
    name = names[turn % len(names)]
    where = "current_time" if name.startswith("edx") or turn % 2 else "currentTime"
    yield visit.browser(visit.after(30), name, shared | {where: 12.5}, lesson_page(visit, place))


def moment_before(moment: datetime, seconds: int, not_before: datetime) -> datetime:
    """`seconds` before a moment, but not before another."""
    return max(moment - timedelta(seconds=seconds), not_before)
