"""Whole lines of the sample's tracking logs with odd values: times, users, courses, payloads, sources."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from scripts.sample_sources.edx_log_courseware import PLAY
from scripts.sample_sources.edx_log_lines import ANSWER, HOST, IN_AGENT, IN_PAGE, Record, Visit

ALIAS = "course-v1:UniXPress+Print1x+2T2026"
NO_SUCH_COURSE = "/courses/wp-content/uploads/x.php/info"
# What phones say whose clock is wrong; they came online on the day of the file.
FUTURE, PAST = "2038-01-19T03:14:07+00:00", "2001-01-01T00:00:13+00:00"


def odd_times(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """Every form of a time that occurs, then those that no reader can take."""

    def at(turn: int, form: Any) -> Record:
        return _view(visit, turn) | {"time": form}

    epoch = round(visit.at.replace(tzinfo=UTC).timestamp())
    day = visit.at.strftime("%Y-%m-%d")
    yield "epoch seconds", at(0, epoch)
    yield "epoch milliseconds", at(1, epoch * 1000 + 1250)
    yield "naive time", at(2, f"{day}T11:00:02.250000")
    yield "blank for T", at(3, f"{day} 11:00:03.250000+00:00")
    yield "Z", at(4, f"{day}T11:00:04.250000Z")
    yield "another offset", at(5, f"{day}T21:00:05.250000+10:00")
    yield "no microseconds", at(6, f"{day}T11:00:06+00:00")
    for turn, (kind, form) in enumerate((("phone's future", FUTURE), ("phone's past", PAST))):
        late = visit.phone(visit.after(20 + turn), timedelta(0), PLAY, {"id": "x", "code": "mobile"})
        yield kind, late | {"time": form}
    yield "impossible date", at(10, "2015-09-31T10:00:00+00:00")
    yield "impossible hour", at(11, f"{day}T25:10:00+00:00")
    yield "words for a time", at(12, "yesterday")
    yield "empty time", at(13, "")
    yield "null time", at(14, None)
    yield "no time", {name: value for name, value in _view(visit, 15).items() if name != "time"}


def odd_users(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """Ids as number, text, nothing; names with an end of line, retired, of nobody, absent."""
    for turn, (kind, value) in enumerate(
        (("id as text", str(visit.number)), ("empty id", ""), ("null id", None))
    ):
        record = _view(visit, turn)
        record["context"]["user_id"] = value
        yield kind, record
    without = _view(visit, 5)
    del without["context"]["user_id"]
    yield "no id", without
    retired = f"retired__user_{'0123456789' * 4}"
    for turn, (kind, name) in enumerate(
        (("name with LF", f"{visit.username}\n"), ("retired name", retired), ("anonymous", "anonymous"),
         ("null name", None)), 6,
    ):  # fmt: skip
        yield kind, _view(visit, turn) | {"username": name}
    yield "no name", {name: value for name, value in _view(visit, 10).items() if name != "username"}
    # The actor is a teacher, the one it is about is in the payload, as text.
    graded = {"user_id": str(visit.number), "course_id": visit.course_id, "percent_grade": 0.8}
    record = visit.server(visit.after(11), "edx.grades.course.grade_calculated", graded)
    record["context"]["user_id"] = None
    yield "id in the payload", record


def odd_courses(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """Course ids in odd forms, then events whose course only something else tells."""
    forms = {
        "course with LF": f"{visit.course_id}\n", "encoded course": quote(visit.course_id, safe=""),
        "course with blanks": visit.course_id.replace("+", " "), "course of an alias": ALIAS,
    }  # fmt: skip
    for turn, (kind, form) in enumerate(forms.items()):
        record = _view(visit, turn)
        if form == ALIAS:
            record = visit.request(visit.after(turn), f"/courses/{ALIAS}/info", {})
        record["context"] |= {"course_id": form, "org_id": "UniXPress" if form == ALIAS else "UniX"}
        yield kind, record
    payload = {"course_id": visit.course_id, "component_usage_id": "x"}
    yield "course in the payload", _lost(visit.server(visit.after(10), "edx.bookmark.listed", payload))
    yield "course in the path", _lost(_view(visit, 11))
    block = visit.run.block("vertical", "lesson 0")
    pages = {
        "course in the page": f"{visit.url}/courseware/?email={IN_PAGE}",
        "encoded page": f"https://{HOST}/courses/{quote(visit.course_id, safe='')}/courseware/",
        "block in the page": f"https://{HOST}/xblock/{block}?view=student_view",
        "page of the learning app": f"https://learning.edx.org/course/{visit.course_id}/{block}",
    }
    for turn, (kind, page) in enumerate(pages.items(), 12):
        yield kind, _lost(visit.browser(visit.after(turn), "page_close", {}, page))
    elsewhere = f"https://{HOST}/dashboard"
    closed = _lost(visit.browser(visit.after(20), "page_close", {}, elsewhere))
    yield "no course", closed | {"referer": elsewhere}
    yield "no such course", visit.request(visit.after(21), NO_SUCH_COURSE, {})


def _lost(record: Record) -> Record:
    """Without the course in the context."""
    record["context"] = {name: record["context"][name] for name in ("user_id", "path")}
    return record


def odd_payloads(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """Payloads in every form: nothing, JSON in JSON in JSON, forms, lists, numbers that are none."""
    played = {"id": "x", "code": "html5", "currentTime": 12.5}
    form = urlencode({"input_x_2_1": ANSWER})
    texts: tuple[tuple[str, Any], ...] = (
        ("JSON twice", json.dumps(json.dumps(played))), ("form", form), ("form in quotes", f'"{form}"'),
        ("list", [form, "<p>Correct</p>"]), ("list as text", json.dumps([form, "<p>Correct</p>"])),
        ("empty payload", ""), ("payload not JSON", "{'currentTime': 12.5}"),
        ("surrogate in the payload", '{"currentTime": 12.5, "query": "\\ud83e"}'),
        ("number for a payload", 12), ("null payload", None),
    )  # fmt: skip
    for turn, (kind, event) in enumerate(texts):
        name = "problem_check" if "form" in kind or "list" in kind else "play_video"
        yield kind, visit.browser(visit.after(turn), name, "", visit.url) | {"event": event}
    without = visit.browser(visit.after(20), "page_close", {}, visit.url)
    del without["event"]
    yield "no payload", without
    for turn, number in enumerate((math.nan, math.inf, -math.inf), 21):
        yield (
            "NaN or Infinity",
            visit.server(visit.after(turn), "play_video", played | {"currentTime": number}),
        )
    doubled = json.dumps(visit.server(visit.after(25), "play_video", played))
    yield "member twice", doubled.replace('"code": "html5"', '"code": "hls", "code": "html5"').encode()


def odd_sources(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """What edX says it never exports, old dumps, its own repairs, members nobody declared."""
    task = visit.server(visit.after(0), "problem_rescore", {"problem_id": "x", "attempts": 2})
    yield "task", task | {"event_source": "task"}
    yield "task", task | {"event_source": "task", "page": "x_module"}
    yield "studio", _view(visit, 2) | {"host": "studio.edx.org"}
    yield "worker", _view(visit, 3) | {"host": "", "ip": "", "agent": ""}
    yield "agent with an address", _view(visit, 4) | {"agent": f"herons-bot/1.0 (+mailto:{IN_AGENT})"}
    dumped = {"_id": {"$oid": "5f0000000000000000000002"}, **_view(visit, 5)}
    yield "dump of a database", dumped
    yield "synthesized", _view(visit, 6) | {"synthesized": True}
    yield "no context", {name: value for name, value in _view(visit, 7).items() if name != "context"}
    yield "undeclared members", _view(visit, 8) | {"label": "x", "nonInteraction": 1, "asides": {"a": {}}}
    yield "null session", _view(visit, 9) | {"session": None}


def _view(visit: Visit, turn: int) -> Record:
    return visit.request(visit.after(turn), f"/courses/{visit.course_id}/info", {})
