"""The dirt of the edX sample's tracking logs: as much of every kind as `edx_logs_expected` says."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from scripts.sample_sources import edx
from scripts.sample_sources.edx_log_dirt import CUT_DAY, CUTS, DIRT_DAYS, LONG_LINE, odd_lines
from scripts.sample_sources.edx_log_dirt_values import FUTURE, PAST
from scripts.sample_sources.edx_log_lines import Line
from scripts.sample_sources.edx_logs_expected import (
    COURSES,
    FILTERED,
    IN_TWO_FILES,
    KINDS,
    LANDED,
    QUARANTINED,
    TIMES,
    expected,
    expected_of,
)
from tests.scripts.edx_logs_read import judge, lines_of, outcomes


@pytest.fixture(scope="module")
def odd() -> dict[str, list[Line]]:
    """Lines by kind, from what writes them."""
    found: dict[str, list[Line]] = {}
    for kind, line in odd_lines(edx.told(1, [])):
        found.setdefault(kind, []).append(line)
    return found


def test_every_kind_has_an_expectation_and_its_lines(odd):
    assert odd.keys() - {"in two files"} == KINDS.keys()
    for kind, lines in odd.items():
        if kind != "in two files":
            assert len(lines) == KINDS[kind].lines, kind
            assert {line.filed for line in lines} == {KINDS[kind].day}, kind


def test_every_line_is_in_its_file_as_often_as_it_was_made(odd, logs):
    made = Counter(line for lines in odd.values() for line in lines)
    for line, count in made.items():
        assert lines_of(logs.of(line.filed)).count(line.content) == count, line.content[:60]


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_of_each_kind_becomes_what_is_expected(odd, kind):
    found: Counter[str] = Counter()
    seen: set[bytes] = set()
    for line in odd[kind]:
        found["duplicate" if line.content in seen else judge(line.content)[0]] += 1
        seen.add(line.content)
    assert found == KINDS[kind].outcomes


def test_no_other_line_is_quarantined_or_filtered(logs):
    found: Counter[str] = Counter()
    for name, log in logs.files.items():
        found += outcomes(log)
        day = next((day for day in DIRT_DAYS if str(day) in name), None)
        assert outcomes(log) == (expected_of(day) if day else Counter()), name
    assert found == expected()
    assert found.keys() == {*QUARANTINED, *FILTERED}
    assert all(count > 1 for count in found.values())


def test_twice_the_scale_has_the_same_dirt():
    one, two = (Counter(kind for kind, _ in odd_lines(edx.told(scale, []))) for scale in (1, 2))
    assert one == two


def test_lines_are_cut_at_the_lengths_at_which_loggers_cut(odd):
    lengths = [
        len(line.content) for kind, lines in odd.items() if kind.startswith("cut at") for line in lines
    ]
    assert tuple(lengths) == CUTS
    [long] = odd["200 KB"]
    assert LONG_LINE < len(long.content) < LONG_LINE + 2_000


def test_one_file_ends_without_an_end_of_line(logs):
    assert [name for name, log in logs.files.items() if log and not log.endswith(b"\n")] == [
        f"unix/edx/events/2026/unix-edx-events-{CUT_DAY}.log"
    ]


def test_a_line_stands_in_two_files(logs, odd):
    first, second = odd["in two files"]
    assert first.content == second.content
    assert (first.filed, second.filed) == IN_TWO_FILES


def test_clocks_of_phones_are_absurd_and_their_receipt_is_not(odd):
    for kind, time in (("phone's future", FUTURE), ("phone's past", PAST)):
        record = json.loads(odd[kind][0].content)
        assert record["time"] == time
        assert record["context"]["received_at"].startswith(str(KINDS[kind].day))


def test_courses_and_times_that_are_expected_can_be_found(odd):
    def record(kind: str) -> dict:
        return json.loads(odd[kind][0].content)

    for kind, course in COURSES.items():
        text = unquote(json.dumps(record(kind)))
        number = course.partition(":")[2] if course else "UniX+"
        assert (number in text) == bool(course), kind
    for kind, moment in TIMES.items():
        assert moment_of(record(kind)["time"]) == moment, kind


def moment_of(time: int | str) -> datetime:
    if isinstance(time, int):
        return datetime(1970, 1, 1) + timedelta(seconds=time / (1000 if time > 10**11 else 1))
    moment = datetime.fromisoformat(time)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def test_odd_values_stand_where_they_should(odd):
    def record(kind: str) -> dict:
        return json.loads(odd[kind][0].content)

    assert json.loads(json.loads(record("JSON twice")["event"]))["currentTime"] == 12.5
    assert record("form in quotes")["event"][0] == '"' == record("form in quotes")["event"][-1]
    assert isinstance(record("list")["event"], list)
    assert record("null payload")["event"] is None
    assert "event" not in record("no payload")
    assert record("name with LF")["username"].endswith("\n")
    assert record("course with LF")["context"]["course_id"].endswith("\n")
    assert "course_id" not in record("course in the page")["context"]
    assert odd["member twice"][0].content.count(b"code") == 2 + odd["member twice"][0].content.count(
        b"encode"
    )
    assert b"\x00" in odd["raw NUL"][0].content
    assert b"\\u0000" in odd["escaped NUL"][0].content
    assert "\u2028".encode() in odd["U+2028"][0].content
    assert "\u0085".encode() in odd["U+0085"][0].content
    assert all(judge(line.content)[0] == LANDED for line in odd["NaN or Infinity"])
