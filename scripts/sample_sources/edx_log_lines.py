"""One event of the sample's tracking logs in the shape that each of edX's sources gives it.

A record is a line before it is text: browser (payload as a JSON string), server (an object), request (what
the LMS writes of every HTTP request: path, GET and POST, cut at 512 characters) and phone (received later).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from scripts.sample_sources.edx_courses import ORGANISATION, Run
from scripts.sample_sources.edx_people import Account, hexed

Record = dict[str, Any]
HOST = "courses.edx.org"
# Who asks from where: a documentation range, so that nobody's address is in the sample.
IP_RANGE = "192.0.2."
REQUEST_LENGTH = 512
PARTITION = "xblock.partition_service.partition_41"
# Texts that identify somebody or are somebody's own words, so that a test can look for them in the warehouse.
IN_AGENT, IN_PAGE = "asked.by.agent@learners.example", "asked.on.page@learners.example"
IN_REFERER, IN_GET = "came.from@learners.example", "asked.in.get@learners.example"
IN_POST, TOLD_NAME = "told.in.post@learners.example", "Perpetua Quincunx"
ANSWER, SEARCHED = "Because the quincunx has five points", "marmalade for herons"
TITLE, NOTE = "Where does the heron nest?", "The heron on page nine is me"
FORMER, CITY = "Formerly Astrolabe", "Quincunxborough"
LOGS_NEVER_LAND = (
    IP_RANGE, IN_AGENT, IN_PAGE, IN_REFERER, IN_GET, IN_POST, TOLD_NAME, ANSWER, SEARCHED, TITLE, NOTE,
    FORMER, CITY,
)  # fmt: skip
_WEBKIT = "(KHTML, like Gecko)"
AGENTS = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {_WEBKIT} Chrome/126.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 {_WEBKIT} Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 {_WEBKIT} Mobile/15E148",
)
LANGUAGES = ("en-GB,en;q=0.9", "en-US,en;q=0.9,es;q=0.8", "", "pt-BR,pt;q=0.9")


class Line(NamedTuple):
    """One line without its end, and the day in the name of the file that has it."""

    filed: date
    content: bytes


def line(record: Record) -> Line:
    """A record as a file has it: filed by `received_at` where the phone's events have one, else by time."""
    received = (record.get("context") or {}).get("received_at") or record["time"]
    return Line(date.fromisoformat(received[:10]), json.dumps(record).encode())


def stamp(moment: datetime) -> str:
    """UTC with offset; microseconds are not there when they are 0, as Python writes it."""
    return f"{moment.isoformat()}+00:00"


@dataclass(frozen=True)
class Visit:
    """One stay on the site and in `run` that begins `at`; without an account of somebody not signed in."""

    account: Account | None
    run: Run
    at: datetime

    @cached_property
    def session(self) -> str:
        return hexed(f"session {self.number} {self.at}")

    @property
    def number(self) -> int:
        """The account's id, 0 without one: what makes two visits look different."""
        return self.account.id if self.account else 0

    @cached_property
    def username(self) -> str:
        return self.account.as_of(self.at).username if self.account else ""

    @cached_property
    def common(self) -> Record:
        """The fields that all events of a visit share."""
        turn = self.number // 7 + self.at.day
        return {
            "username": self.username, "session": self.session, "ip": f"{IP_RANGE}{turn % 250 + 1}",
            "agent": AGENTS[turn % len(AGENTS)], "host": HOST,
            "referer": f"{self.url}/home" if self.account else f"https://{HOST}/",
            "accept_language": LANGUAGES[turn % len(LANGUAGES)],
        }  # fmt: skip

    @property
    def course_id(self) -> str:
        return self.run.course_id

    @property
    def url(self) -> str:
        return f"https://{HOST}/courses/{self.course_id}"

    @property
    def tags(self) -> Record:
        """The learner's group in an experiment, as user_api_usercoursetag has it."""
        if not self.run.complete or self.account is None or self.account.role != "learner":
            return {}
        return {PARTITION: str(self.number % 2)}

    def after(self, seconds: float) -> datetime:
        """A moment of the visit, with the microseconds that a clock has and a round number has not."""
        return self.at + timedelta(seconds=seconds, microseconds=int(self.session[:5], 16) % 999_983)

    def context(self, path: str) -> Record:
        """The context's fields."""
        user = self.number or None
        return {"course_id": self.course_id, "org_id": ORGANISATION, "user_id": user, "path": path}

    def browser(self, moment: datetime, name: str, payload: Any, page: str = "", legacy: str = "") -> Record:
        """What the page reports; `legacy` is the event_type where the name is another.

        A payload that is text stands as it is, any other becomes JSON in a string.
        """
        event = payload if isinstance(payload, str) else json.dumps(payload)
        return {
            "name": name, "event_type": legacy or name, "event_source": "browser", "time": stamp(moment),
            **self.common, "event": event, "context": self.context("/event"),
            "page": page or f"{self.url}/courseware/",
        }  # fmt: skip

    def server(
        self, moment: datetime, name: str, payload: Record, path: str = "", module: Record | None = None
    ) -> Record:
        """What the LMS reports of its own; `module` names the block, and then the page is x_module."""
        context = self.context(path or f"/courses/{self.course_id}/courseware/")
        return {
            "name": name, "event_type": name, "event_source": "server", "time": stamp(moment), **self.common,
            "event": payload, "page": "x_module" if module else None,
            "context": context | ({"module": module, "course_user_tags": self.tags} if module else {}),
        }  # fmt: skip

    def request(self, moment: datetime, path: str, given: Mapping[str, Record]) -> Record:
        """What the LMS writes of a request; GET and POST in `given` hold lists of texts."""
        in_course = f"/courses/{self.course_id}/" in path or f"/xblock/{self.course_id}" in path
        context = self.context(path)
        if not in_course:
            context |= {"course_id": "", "org_id": ""}
        text = json.dumps({"POST": given.get("POST", {}), "GET": given.get("GET", {})})
        return {
            **self.common, "event_type": path, "name": path, "event_source": "server", "time": stamp(moment),
            "event": text[:REQUEST_LENGTH], "page": None, "context": context,
        }  # fmt: skip

    def phone(
        self, moment: datetime, late: timedelta, names: tuple[str, str], payload: Record | str
    ) -> Record:
        """What the app kept until it was online; `names` are event_type and name."""
        system = ("android", "iOS")[self.number % 2]
        context = self.context("/segmentio/event") | {
            "component": "videoplayer", "received_at": stamp(moment + late),
            "application": {"name": f"edx.mobileapp.{system}", "version": "5.3.1"},
            "client": {
                "app": {"name": "edX", "version": "5.3.1"}, "os": {"name": system, "version": "14"},
                "device": {"id": hexed(f"device {self.number}")[:16], "manufacturer": "Example"},
                "network": {"wifi": False, "carrier": "Example"}, "locale": "en-GB",
                "library": {"name": "analytics-android", "version": "4.3"}, "ip": self.common["ip"],
            },
        }  # fmt: skip
        return {
            **self.common, "event_type": names[0], "name": names[1], "event_source": "mobile",
            "time": stamp(moment), "session": "", "host": HOST, "event": payload, "page": None,
            "context": context, "agent": f"Dalvik/2.1.0 (Linux; U; {system} 14)",
        }  # fmt: skip
