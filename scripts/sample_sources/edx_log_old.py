"""Tracking logs of the sample that are not of these days: one of 2014, in the shape of then, and edge's."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from scripts.sample_sources.edx_dirt_files import EDGE_ADDRESS
from scripts.sample_sources.edx_log_lines import HOST, IP_RANGE, Record
from scripts.sample_sources.edx_people import hexed

OLD_COURSE = "UniX/Old101x/2013_T3"
# An account of then, which no snapshot of today has.
OLD_USER, OLD_NAME = 61_407, "astrolabe_1913"
OLD_MOMENT = datetime(2014, 7, 25, 9, 30, 0, 125_000)


def old_log() -> bytes:
    """Eight events of 2014: no `name` in some, no offset, no accept_language, names of then."""
    video = {"id": "i4x-UniX-Old101x-video-abc", "code": "OEoXaMPEzfM", "currentTime": 31}
    acts: tuple[tuple[str, str, object], ...] = (
        (f"/courses/{OLD_COURSE}/courseware/", "server", '{"POST": {}, "GET": {}}'),
        ("edx.course.enrollment.activated", "server",
         {"course_id": OLD_COURSE, "user_id": OLD_USER, "mode": "honor"}),
        ("seq_goto", "browser", json.dumps({"old": 1, "new": 2, "id": "i4x://UniX/Old101x/sequential/a"})),
        ("play_video", "browser", json.dumps(video)),
        ("pause_video", "browser", json.dumps(video | {"currentTime": 60.5})),
        ("save_problem_check", "server", {"problem_id": "i4x://UniX/Old101x/problem/p", "success": "correct",
                                          "attempts": 1, "grade": 1, "max_grade": 1, "answers": {}}),
        ("show_answer", "server", {"problem_id": "i4x://UniX/Old101x/problem/p"}),
        ("page_close", "browser", "{}"),
    )  # fmt: skip
    return _text([_old_record(turn, *act) for turn, act in enumerate(acts)])


def _old_record(turn: int, name: str, source: str, event: object) -> Record:
    moment = OLD_MOMENT + timedelta(minutes=turn)
    record = {
        "username": OLD_NAME, "host": HOST, "session": hexed(OLD_NAME), "event_source": source,
        "event_type": name, "event": event, "agent": "Mozilla/5.0 (Windows NT 6.1)", "ip": f"{IP_RANGE}251",
        "time": moment.isoformat() if turn % 3 == 0 else f"{moment.isoformat()}+00:00",
        "page": f"https://{HOST}/courses/{OLD_COURSE}/courseware/" if source == "browser" else None,
    }  # fmt: skip
    if turn % 2:
        context = {"course_id": OLD_COURSE, "org_id": "UniX", "user_id": OLD_USER}
        record |= {"name": name, "context": context}
    return record


def edge_log() -> bytes:
    """Three lines of edge.edx.org: another site, other people under numbers that edx.org has too."""
    moment = datetime(2026, 7, 20, 8)
    records: list[Record] = [
        {
            "username": "somebody_else", "event_source": "server", "event_type": "/dashboard",
            "host": "edge.edx.org", "time": f"{(moment + timedelta(minutes=turn)).isoformat()}+00:00",
            "event": json.dumps({"POST": {}, "GET": {"email": [EDGE_ADDRESS]}}), "page": None,
            "context": {"course_id": "course-v1:UniX+SandX+1T2026", "org_id": "UniX", "user_id": 1_000_201},
        }
        for turn in range(3)
    ]  # fmt: skip
    return _text(records)


def _text(records: list[Record]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)
