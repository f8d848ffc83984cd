"""What a reader must make of the sample's tracking logs: for tests, apart from what writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scripts.sample_sources.edx_courses import RUNS
from scripts.sample_sources.edx_log_dirt import (
    AGAIN_DAY,
    BYTES_DAY,
    COURSES_DAY,
    CUT_DAY,
    PAYLOADS_DAY,
    SOURCES_DAY,
    TIMES_DAY,
    USERS_DAY,
)
from scripts.sample_sources.edx_log_dirt_values import ALIAS, FUTURE, PAST
from scripts.sample_sources.edx_logs import EDGE_LOG, EMPTY, log_name

LANDED = "landed"
QUARANTINED = ("not_utf8", "not_json", "no_object", "no_time")
FILTERED = ("blank", "duplicate", "task")


@dataclass(frozen=True)
class Kind:
    """Lines of one kind: in the file of which day, how many, and what becomes of how many.

    `outcomes`: "landed" or the reason for which a line is quarantined or filtered → lines.
    """

    day: date
    outcomes: Mapping[str, int]

    @property
    def lines(self) -> int:
        return sum(self.outcomes.values())


def _kinds(day: date, outcome: str, **lines: int) -> dict[str, Kind]:
    """Kinds by name, in which `_` stands for a blank."""
    return {name.replace("_", " "): Kind(day, {outcome: count}) for name, count in lines.items()}


def _landed(day: date, *names: str) -> dict[str, Kind]:
    """Kinds of one line each, which lands."""
    return {name: Kind(day, {LANDED: 1}) for name in names}


def _moment(seconds: int, microseconds: int = 250_000) -> datetime:
    return datetime.combine(TIMES_DAY, time(11, 0, seconds, microseconds))


# Kind → what becomes of it; the whole dirt, but for "in two files", which lands in both.
KINDS: Mapping[str, Kind] = {
    **{f"cut at {length}": Kind(CUT_DAY, {"not_json": 1}) for length in (512, 2_043, 10_000, 50_000)},
    **_kinds(CUT_DAY, "not_json", two_in_one_line=1, two_halves=1, no_JSON=2),
    **_kinds(CUT_DAY, "no_object", no_object=5),
    **_kinds(CUT_DAY, LANDED, syslog_prefix=2, logging_prefix=1),
    **_landed(CUT_DAY, "200 KB"),
    **_kinds(BYTES_DAY, "not_utf8", half_a_character=1, surrogate_in_bytes=1),
    "Latin-1": Kind(BYTES_DAY, {"not_utf8": 1}),
    **_kinds(BYTES_DAY, "not_json", raw_NUL=1, lone_surrogate=2),
    **_landed(
        BYTES_DAY, "escaped NUL", "pair of surrogates", "U+2028", "U+0085", "byte order mark", "CR LF"
    ),
    **_kinds(BYTES_DAY, "blank", blank=2, comment=2),
    **_landed(
        TIMES_DAY, "epoch seconds", "epoch milliseconds", "naive time", "blank for T", "Z", "another offset",
        "no microseconds", "phone's future", "phone's past",
    ),
    **_kinds(
        TIMES_DAY, "no_time", impossible_date=1, impossible_hour=1, words_for_a_time=1, empty_time=1,
        null_time=1, no_time=1,
    ),
    **_landed(
        USERS_DAY, "id as text", "empty id", "null id", "no id", "name with LF",
        "retired name", "anonymous", "null name", "no name", "id in the payload",
    ),
    **_landed(
        COURSES_DAY, "course with LF", "encoded course", "course with blanks", "course of an alias",
        "course in the payload", "course in the path", "course in the page", "encoded page",
        "block in the page", "page of the learning app", "no course", "no such course",
    ),
    **_landed(
        PAYLOADS_DAY, "JSON twice", "form", "form in quotes", "list", "list as text", "empty payload",
        "payload not JSON", "surrogate in the payload", "number for a payload", "null payload", "no payload",
        "member twice",
    ),
    **_kinds(PAYLOADS_DAY, LANDED, NaN_or_Infinity=3),
    **_kinds(SOURCES_DAY, "task", task=2),
    **_landed(
        SOURCES_DAY, "studio", "worker", "agent with an address", "dump of a database", "synthesized",
        "no context", "undeclared members", "null session",
    ),
    "twice": Kind(AGAIN_DAY, {LANDED: 1, "duplicate": 1}),
    "three times": Kind(AGAIN_DAY, {LANDED: 1, "duplicate": 2}),
    "nearly twice": Kind(AGAIN_DAY, {LANDED: 1}),
}  # fmt: skip
IN_TWO_FILES = (AGAIN_DAY, AGAIN_DAY + timedelta(days=1))
# Files to be left alone, and one that is read and has nothing in it; names without `.gz.gpg`.
LEFT_ALONE, NOTHING_IN_IT = (EDGE_LOG,), (log_name(EMPTY),)
# Kind → the course (None: none), for lines whose context has no course id or an odd one.
COURSES: Mapping[str, str | None] = {
    "course of an alias": ALIAS,
    "no course": None,
    **dict.fromkeys(
        (
            "course with LF", "encoded course", "course with blanks", "course in the payload",
            "course in the path", "course in the page", "encoded page", "block in the page",
            "page of the learning app",
        ),
        RUNS[4].course_id,
    ),
}  # fmt: skip
# Kind → when it was, UTC.
TIMES: Mapping[str, datetime] = {
    "epoch seconds": _moment(0, 0), "epoch milliseconds": _moment(1), "naive time": _moment(2),
    "blank for T": _moment(3), "Z": _moment(4), "another offset": _moment(5),
    "no microseconds": _moment(6, 0), "phone's future": datetime.fromisoformat(FUTURE[:19]),
    "phone's past": datetime.fromisoformat(PAST[:19]),
}  # fmt: skip


def expected_of(day: date) -> Counter[str]:
    """Reason → lines of the day's file that are quarantined or filtered; all others land."""
    found: Counter[str] = Counter()
    for kind in KINDS.values():
        if kind.day == day:
            found.update({reason: count for reason, count in kind.outcomes.items() if reason != LANDED})
    return found


def expected() -> Counter[str]:
    """Reason → lines that are quarantined or filtered in all files."""
    return sum((expected_of(day) for day in {kind.day for kind in KINDS.values()}), Counter())
