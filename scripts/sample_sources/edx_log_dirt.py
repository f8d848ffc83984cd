"""The deliberate dirt in lines of the sample's tracking logs; `edx_logs_expected` says what becomes of it.

The same few lines at every scale. Here is what is wrong with the line as such: cut, behind a prefix, bytes
that are no text, no JSON, no object, twice. `edx_log_dirt_values` has whole lines with odd values in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from scripts.sample_sources.edx_enrolments import Enrolment
from scripts.sample_sources.edx_log_dirt_values import (
    odd_courses,
    odd_payloads,
    odd_sources,
    odd_times,
    odd_users,
)
from scripts.sample_sources.edx_log_lines import Line, Record, Visit

# The day of the file that has the dirt of a sort. In none of these files is a line of another sort.
CUT_DAY, BYTES_DAY, TIMES_DAY = date(2026, 6, 3), date(2026, 6, 9), date(2026, 6, 16)
USERS_DAY, COURSES_DAY, PAYLOADS_DAY = date(2026, 6, 23), date(2026, 6, 30), date(2026, 7, 7)
SOURCES_DAY, AGAIN_DAY = date(2026, 7, 14), date(2026, 7, 21)
DIRT_DAYS = (
    CUT_DAY, BYTES_DAY, TIMES_DAY, USERS_DAY, COURSES_DAY, PAYLOADS_DAY, SOURCES_DAY, AGAIN_DAY,
)  # fmt: skip
CUTS = (512, 2_043, 10_000, 50_000)
LONG_LINE = 200_000
Odd = tuple[str, Line]


def odd_lines(enrolments: Sequence[Enrolment]) -> Iterator[Odd]:
    """Every deliberately odd line with the name of its kind, in the order in which a file has them."""
    one = next(found for found in enrolments if found.run.number == "Engy2x" and found.outcome == "passed")
    for day, kinds in (
        (CUT_DAY, _cut_lines), (BYTES_DAY, _odd_bytes), (TIMES_DAY, odd_times), (USERS_DAY, odd_users),
        (COURSES_DAY, odd_courses), (PAYLOADS_DAY, odd_payloads), (SOURCES_DAY, odd_sources),
        (AGAIN_DAY, _repeated),
    ):  # fmt: skip
        visit = Visit(one.account, one.run, datetime.combine(day, time(11)))
        for kind, content in kinds(visit):
            given = content if isinstance(content, bytes) else json.dumps(content).encode()
            yield kind, Line(day, given)
    # The same line in the file of the next day, too.
    again = Visit(one.account, one.run, datetime.combine(AGAIN_DAY, time(12)))
    for day in (AGAIN_DAY, AGAIN_DAY + timedelta(days=1)):
        yield "in two files", Line(day, json.dumps(_view(again, 0)).encode())


def _view(visit: Visit, turn: int) -> Record:
    """An ordinary line, another one for each turn."""
    return visit.request(visit.after(turn), f"/courses/{visit.course_id}/progress", {})


def _long(visit: Visit, turn: int, length: int) -> bytes:
    """A line of somewhat more than `length` characters, all of them in one answer."""
    words = "heron " * (length // 6 + 1)
    payload = {"problem_id": "essay", "answers": {"essay_2_1": words}, "attempts": 1}
    return json.dumps(visit.server(visit.after(turn), "save_problem_success", payload)).encode()


def _cut_lines(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """Loggers cut what is too long for them; older ones put a prefix before the line."""
    for turn, length in enumerate(CUTS):
        yield f"cut at {length}", _long(visit, turn, length)[:length]
    yield "200 KB", _long(visit, 10, LONG_LINE)
    whole = [json.dumps(_view(visit, turn)).encode() for turn in range(11, 18)]
    yield "syslog prefix", b"Jun  3 11:00:11 localhost " + whole[0]
    yield (
        "syslog prefix",
        b"<134>Jun  3 11:00:12 app-03 [service_variant=lms][tracking][env:prod] INFO " + whole[1],
    )
    yield (
        "logging prefix",
        b"2026-06-03 11:00:13,461 INFO 20 [tracking] [user None] [ip None] logger.py:41 - " + whole[2],
    )
    yield "two in one line", whole[3] + whole[4]
    yield "two halves", whole[5][:300] + whole[6]
    yield "no JSON", b"<html><body>502 Bad Gateway</body></html>"
    yield "no JSON", b"{'username': 'heron', 'event': None}"
    # Without an end of line, the file's last line.
    yield "no object", b"[1,2]"
    yield "no object", b'"text"'
    yield "no object", b"12"
    yield "no object", b"null"
    yield "no object", b'[{"event": "in a list"}]'


def _odd_bytes(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """Bytes that are not UTF-8, characters that JSON or a reader of lines may not take, nothing at all."""
    whole = [json.dumps(_view(visit, turn)).encode() for turn in range(12)]

    def with_page(turn: int, value: bytes) -> bytes:
        head, _, tail = whole[turn].partition(b'"page": null')
        return head + b'"page": "' + value + b'"' + tail

    yield "Latin-1", with_page(0, b"Z\xfcrich")
    yield "half a character", with_page(1, b"heron \xf0\x9f\xa6")
    yield "surrogate in bytes", with_page(2, b"\xed\xa0\xbe")
    yield "raw NUL", with_page(3, b"a NUL \x00 in it")
    yield "escaped NUL", with_page(4, b"a NUL \\u0000 in it")
    yield "lone surrogate", with_page(5, b"\\ud83e in it")
    yield "lone surrogate", with_page(6, b"\\udd89")
    yield "pair of surrogates", with_page(7, b"heron \\ud83e\\udd89")
    yield "U+2028", with_page(8, "two\u2028lines".encode())
    yield "U+0085", with_page(9, "two\u0085lines".encode())
    yield "byte order mark", b"\xef\xbb\xbf" + whole[10]
    yield "CR LF", whole[11] + b"\r"
    yield "blank", b""
    yield "blank", b"   "
    yield "comment", b"# rotated by logrotate"
    yield "comment", b"#{}"


def _repeated(visit: Visit) -> Iterator[tuple[str, bytes | Record]]:
    """A line twice and one three times in a file; one of them as a server's second report of one thing."""
    payload = {"problem_id": "essay", "failure": "closed"}
    twice = visit.server(visit.after(1), "problem_check_fail", payload)
    thrice = _view(visit, 2)
    yield from (("twice", twice), ("three times", thrice), ("twice", twice))
    yield from (("three times", thrice), ("three times", thrice))
    # Another member is enough to make another line of it.
    yield "nearly twice", twice | {"session": ""}
