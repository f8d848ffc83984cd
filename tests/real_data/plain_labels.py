"""edX's labels of activity from raw lines of a log, in plain Python: its own user_activity.py, retold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

PART = r"[^/+?#\s]+"
IN_ADDRESS = re.compile(
    rf"/course/(course-v1:{PART}\+{PART}\+[^/?#\s]+)"
    rf"|/courses/((?:course|ccx)-v1:{PART}\+{PART}\+[^/?#\s]+|(?!v[0-9]+/){PART}/{PART}/[^/?#\s]+)"
)
BLOCK = re.compile(rf"block-v1:({PART}\+{PART}\+{PART})\+type@")
NO_ACT = "edx.course.enrollment."
VIDEO_PLAYS = ("play_video", "edx.video.played")


def weekly_labels(logs: Iterable[bytes]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """(course run, label, Monday) → users and acts; a line that is there twice counts once.

    A run whose id is written in two ways is one, spelt like the name of its files.
    """
    users: dict[tuple[str, str, str], set[int]] = {}
    acts: Counter[tuple[str, str, str]] = Counter()
    for event in _events(logs):
        course, user = _course(event), _user(event)
        if course is None or user is None or str(event["event_type"]).startswith(NO_ACT):
            continue
        day = _moment(event["time"]).date()
        monday = str(day - timedelta(days=day.weekday()))
        for label in _labels(event):
            users.setdefault((run_of(course), label, monday), set()).add(user)
            acts[run_of(course), label, monday] += 1
    return {key: (len(who), acts[key]) for key, who in users.items()}


def run_of(course_id: str) -> str:
    return re.sub(r"[/+@]", "-", re.sub(r"^(course|ccx)-v1:", "", course_id))


def _events(logs: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in sorted({line for log in logs for line in log.split(b"\n")}):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("time") and event.get("event_source") != "task":
            yield event


def _labels(event: dict[str, Any]) -> Iterator[str]:
    act, source = str(event["event_type"]), event.get("event_source")
    yield "ACTIVE"
    if act == "problem_check" and source == "server":
        yield "ATTEMPTED_PROBLEM"
    if act.startswith("edx.forum.") and act.endswith(".created") and source == "server":
        yield "POSTED_FORUM"
    if act in VIDEO_PLAYS and source in ("browser", "mobile"):
        yield "PLAYED_VIDEO"


def _user(event: dict[str, Any]) -> int | None:
    text = str((event.get("context") or {}).get("user_id"))
    return int(text) if text.isdigit() else None


def _course(event: dict[str, Any]) -> str | None:
    context = event.get("context") or {}
    if (context.get("course_id") or "").strip():
        return str(context["course_id"]).strip()
    if isinstance(event.get("event"), dict) and event["event"].get("course_id"):
        return str(event["event"]["course_id"])
    address = event.get("event_type") if event.get("event_source") == "server" else event.get("page")
    for text in (address, context.get("path")):
        plain = unquote(text or "").replace(" ", "+")
        if found := IN_ADDRESS.search(plain):
            return found[1] or found[2]
        if found := BLOCK.search(plain):
            return f"course-v1:{found[1]}"
    return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC)
