"""The sample's logs landed for real, once: what each file and each deliberately odd line ends as."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from pipelines.landing.quarantine import Seal
from scripts.sample_sources import edx
from scripts.sample_sources.edx_log_dirt import DIRT_DAYS, TIMES_DAY, odd_lines
from scripts.sample_sources.edx_logs import EDGE_LOG, EMPTY, LINES_PATCHED, PATCHED, log_name, plain_logs
from scripts.sample_sources.edx_logs_expected import (
    COURSES,
    FILTERED,
    IN_TWO_FILES,
    KINDS,
    LANDED,
    LEFT_ALONE,
    NOTHING_IN_IT,
    QUARANTINED,
    TIMES,
    expected,
    expected_of,
)
from tests.landing.logs.daily import NAME, DailyLogs, sealed

Row = dict[str, Any]
SUFFIX = ".gz.gpg"


@dataclass
class Sample:
    """The plain logs by name, and where they landed. To be looked at, not changed."""

    logs: dict[str, bytes]
    odd: dict[str, list[bytes]]
    daily: DailyLogs
    warnings: list[str]

    def ledger(self, name: str) -> list[tuple[Any, ...]]:
        return self.daily.rows(
            "select rows_read, rows_landed, rows_quarantined, rows_filtered, filtered_by, outcome "
            "from ops.landings where file_key = ?", name + SUFFIX,
        )  # fmt: skip

    def of(self, kind: str, number: int = 0) -> Row:
        """What the first (or another) line of a kind landed as."""
        day = KINDS[kind].day
        place = self.logs[log_name(day)].find(self.odd[kind][number])
        assert place >= 0
        [row] = self._events("_file_key = ? and _offset = ?", log_name(day) + SUFFIX, place)
        return row

    def _events(self, where: str, *values: Any) -> list[Row]:
        sql = f"select * from staging_edx.tracking_events where {where}"
        found = self.daily.warehouse.connection.execute(sql, list(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def sample(log_keys, tmp_path_factory) -> Iterator[Sample]:
    enrolments = edx.told(1, [])
    logs = plain_logs(enrolments, 1)
    odd: dict[str, list[bytes]] = {}
    for kind, line in odd_lines(enrolments):
        odd.setdefault(kind, []).append(line.content)
    folder = tmp_path_factory.mktemp("sample")
    with DailyLogs(folder, log_keys.settings(NAME).key_file) as daily:
        for name, content in logs.items():
            path = daily.store / (name + SUFFIX)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(sealed(log_keys, content))
        yield Sample(logs, odd, daily, daily.landed().warnings)


def lines_of(content: bytes) -> int:
    return content.count(b"\n") + (bool(content) and not content.endswith(b"\n"))


# ---------------------------------------------------------------- counts


def test_every_file_is_read_whole_and_ends_as_expected_by_reason(sample):
    dirty = {log_name(day): day for day in DIRT_DAYS}
    for name, content in sample.logs.items():
        if name in LEFT_ALONE:
            continue
        wanted = expected_of(dirty[name]) if name in dirty else Counter()
        [(read, landed, quarantined, filtered, by, outcome)] = sample.ledger(name)
        assert (read, outcome) == (lines_of(content), "closed"), name
        found = sample.daily.reasons(name + SUFFIX)
        found += Counter({reason: count for reason, count in json.loads(by).items() if count})
        assert found == wanted, name
        assert quarantined == sum(wanted[reason] for reason in QUARANTINED)
        assert filtered == sum(wanted[reason] for reason in FILTERED)
        assert landed == read - wanted.total()
        assert sample.daily.counts()[name + SUFFIX] == landed


def test_all_files_together(sample):
    [(read, landed, others)] = sample.daily.rows(
        "select sum(rows_read), sum(rows_landed), sum(rows_quarantined + rows_filtered) from ops.landings"
    )
    assert (
        others
        == expected().total()
        == sum(
            count for kind in KINDS.values() for reason, count in kind.outcomes.items() if reason != LANDED
        )
    )
    assert read == sum(lines_of(log) for name, log in sample.logs.items() if name != EDGE_LOG)
    assert landed == read - others == len(sample.daily.events("_offset"))


def test_edge_is_left_alone_and_a_file_without_a_line_is_said(sample):
    assert [sample.ledger(name) for name in LEFT_ALONE] == [[]]
    [name] = NOTHING_IN_IT
    [counts] = sample.ledger(name)
    assert (*counts[:4], counts[5]) == (0, 0, 0, 0, "closed")
    [warning] = sample.warnings
    assert f"unix-edx-events-{EMPTY}.log.gz.gpg" in warning
    done = sample.daily.rows("select count(*) from ops.packages where outcome = 'done'")
    assert done == [(len(sample.logs) - len(LEFT_ALONE),)]


def test_a_patch_lands_beside_its_day(sample):
    day, patch = (log_name(PATCHED, site) + SUFFIX for site in ("edx", "patches"))
    by_file = {
        key: {line for (line,) in sample.daily.rows(
            "select line_hash from staging_edx.tracking_events where _file_key = ?", key)}
        for key in (day, patch)
    }  # fmt: skip
    assert by_file[day] < by_file[patch]
    assert len(by_file[patch] - by_file[day]) == LINES_PATCHED


def test_a_line_of_two_files_lands_in_both(sample):
    [line, again] = sample.odd["in two files"]
    assert line == again
    found = {}
    for day in IN_TWO_FILES:
        place = sample.logs[log_name(day)].find(line)
        [row] = sample._events("_file_key = ? and _offset = ?", log_name(day) + SUFFIX, place)
        found[row["line_hash"]] = row["event_date"]
    assert list(found.values()) == [IN_TWO_FILES[0]]


def test_what_was_quarantined_opens_as_the_line_that_was_there(sample):
    seal, place = Seal(sample.daily.settings), f"edx/{NAME}/tracking_events"
    rows = sample.daily.rows("select file_key, position, sealed_payload from ops.quarantine")
    assert len(rows) == sum(expected()[reason] for reason in QUARANTINED)
    for key, position, payload in rows:
        opened = seal.open(payload, place)
        log = sample.logs[key.removesuffix(SUFFIX)]
        assert log[position:].startswith(opened["_line"])
        assert opened["_line"] == log[position:].partition(b"\n")[0]


# ---------------------------------------------------------------- what single lines land as


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].outcomes.keys() == {LANDED}])
def test_a_line_of_each_kind_that_lands_is_there(sample, kind):
    for number in range(KINDS[kind].lines):
        row = sample.of(kind, number)
        assert row["_instance"] == NAME
        far = {"phone's future", "phone's past"}
        assert (row["event_date"] == row["time"].date()) is (kind not in far)


@pytest.mark.parametrize("kind", TIMES)
def test_times_are_as_they_were_and_odd_clocks_are_filed_by_the_file(sample, kind):
    row = sample.of(kind)
    assert row["time"] == TIMES[kind]
    assert row["event_date"] == TIMES_DAY


@pytest.mark.parametrize("kind", COURSES)
def test_the_course_is_found_where_it_stands(sample, kind):
    assert sample.of(kind)["course_id"] == COURSES[kind]


def test_a_course_that_does_not_exist_is_not_made_up(sample):
    known = {course for course in COURSES.values() if course}
    assert sample.of("no such course")["course_id"] not in known


def test_accounts_are_one_whichever_way_they_were_logged(sample):
    usual = sample.of("U+2028")
    assert usual["user_id"] and usual["username"]
    assert {sample.of(kind)["user_id"] for kind in ("id as text", "id in the payload", "retired name")} == {
        usual["user_id"]
    }
    assert sample.of("name with LF")["username"] == usual["username"]
    assert [sample.of(kind)["user_id"] for kind in ("empty id", "null id", "no id")] == [None] * 3
    assert [sample.of(kind)["username"] for kind in ("null name", "no name", "anonymous")] == [None] * 3
    retired = sample.of("retired name")
    assert (retired["account_kind"], retired["name_too_long"]) == ("retired", True)


def test_payloads_are_read_in_every_form_there_is(sample):
    assert (sample.of("JSON twice")["payload"], sample.of("JSON twice")["current_time"]) == ("read", 12.5)
    nothing = ("form", "form in quotes", "list", "list as text", "empty payload", "number for a payload",
               "null payload", "no payload")  # fmt: skip
    assert {kind: sample.of(kind)["payload"] for kind in nothing} == dict.fromkeys(nothing, "none")
    broken = ("payload not JSON", "surrogate in the payload")
    assert {kind: sample.of(kind)["payload"] for kind in broken} == dict.fromkeys(broken, "broken")
    for number in range(3):
        odd = sample.of("NaN or Infinity", number)
        assert (odd["payload"], odd["current_time"], odd["player"]) == ("broken", None, "html5")
    assert sample.of("member twice")["player"] == "hls"


def test_what_stands_before_a_line_is_left_out_and_counted(sample):
    kinds = ("syslog prefix", "logging prefix", "byte order mark")
    [(counted,)] = sample.daily.rows(
        "select sum(row_count) from ops.value_repairs where column_name = '_line' and reason = 'not_alone'"
    )
    assert counted == sum(KINDS[kind].lines for kind in kinds)
    assert sample.of("byte order mark")["family"] == sample.of("syslog prefix")["family"] == "request"


def test_days_of_the_past_and_of_tomorrow_are_no_partition(sample):
    days = {day for (day,) in sample.daily.events("event_date")}
    assert min(days) == date(2014, 7, 25)
    assert max(days) <= date(2026, 7, 27)
    touched = sample.daily.rows("select distinct partition_date from ops.touched_partitions")
    assert {day for (day,) in touched} == days
