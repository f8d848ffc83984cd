"""Lines of logs for tests: an event of anything, as JSON or as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from tests.landing.logs.staged import DAY

COURSE = "course-v1:UniX+Demo1x+1T2026"


def event(number: int = 0, *, day: date = DAY, **more: Any) -> dict[str, Any]:
    """A video that is played, second `number` of its day; another account for each of three."""
    moment = timedelta(seconds=number)
    return {
        "username": f"learner{number % 3}", "event_type": "play_video", "event_source": "browser",
        "time": f"{day}T{10 + moment.seconds // 3600:02}:{moment.seconds // 60 % 60:02}:"
        f"{moment.seconds % 60:02}.000001+00:00",
        "context": {"course_id": COURSE, "user_id": 100 + number % 3},
        "event": json.dumps({"id": "0" * 32, "code": "html5", "currentTime": number}), **more,
    }  # fmt: skip


def request(number: int = 0, *, day: date = DAY, **more: Any) -> dict[str, Any]:
    """A page that is asked for."""
    address = f"/courses/{COURSE}/courseware/{number}"
    return event(number, day=day, event_source="server", event_type=address, event="{}") | more


def log(*lines: dict[str, Any] | bytes) -> bytes:
    """A log of these events or raw lines, each with its end."""
    given = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    return b"".join(line + b"\n" for line in given)


def day_log(day: date, numbers: Iterable[int]) -> bytes:
    """A log of one day: two requests to each act."""
    return log(*(request(n, day=day) if n % 3 else event(n, day=day) for n in numbers))
