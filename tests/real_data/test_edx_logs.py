"""Tracking logs of edX and others, packed and encrypted as edX does, landed, held against its results.

Enrolment is compared in test_edx_enrolments.py, through the marts.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xxhash

from tests.landing.logs.daily import DailyLogs, sealed
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed

PIPELINE = Path("edx/edx-analytics-pipeline")
LOGS = PIPELINE / "input"
KEY = bytes.fromhex("ab" * 32)
# Each log is delivered as the file of a day of its own, after all of its events.
DAYS = {
    "active_users_tracking.log": date(2018, 1, 1),
    "enrollment_trends_tracking.log": date(2018, 1, 2),
    "lms_courseware_link_clicked_acceptance_tracking.log": date(2018, 1, 3),
    "location_by_course_tracking.log": date(2018, 1, 4),
    "module_engagement_acceptance_tracking_20150413.log": date(2018, 1, 5),
    "tags_dist_acceptance_tracking.log": date(2018, 1, 6),
}
BACKENDS, STANFORD, GUIDE = date(2024, 1, 1), date(2018, 1, 7), date(2024, 1, 2)
NO_JSON = {"abExpChildRender.json", "processSeq_Goto.json"}
# Pieces of the guide that it wraps, or that are documents and no events.
GUIDE_EVENTS = ("next_selected.json", "outline_selected.json", "play_video_browser.json")


@pytest.fixture(scope="module")
def files(real_data) -> dict[date, bytes]:
    """Day of delivery → plain log."""
    if not (real_data / LOGS).is_dir():
        pytest.skip(f"real data: no {LOGS} there")
    found = {day: (real_data / LOGS / name).read_bytes() for name, day in DAYS.items()}
    found[BACKENDS] = (real_data / "edx/derived/erb_as_tracking_log.ndjson").read_bytes()
    stanford = sorted((real_data / "edx/json_to_relation").glob("*.json"))
    found[STANFORD] = b"".join(path.read_bytes().rstrip(b"\n") + b"\n" for path in stanford)
    guide = [real_data / "edx/edx-documentation" / name for name in GUIDE_EVENTS]
    found[GUIDE] = b"".join(
        json.dumps(json.loads(path.read_bytes(), strict=False)).encode() + b"\n" for path in guide
    )
    return found


@pytest.fixture(scope="module")
def landed(files, tmp_path_factory) -> Iterator[DailyLogs]:
    if not installed():
        pytest.skip(NOT_INSTALLED)
    keys = GpgKeys()
    try:
        with DailyLogs(tmp_path_factory.mktemp("logs"), keys.settings("unix").key_file) as daily:
            for day, content in files.items():
                daily.deliver(day, sealed(keys, content))
            daily.landed()
            yield daily
    finally:
        keys.stop()


@pytest.fixture(scope="module")
def results(real_data, files) -> dict[str, Any]:
    """What edX computed of these logs."""
    return json.loads((real_data / PIPELINE / "expected_inline.json").read_text())


@pytest.fixture(scope="module")
def xapi(real_data) -> dict[str, Any]:
    """Name of the file → the statement that event-routing-backends makes of the event."""
    folder = real_data / "edx/event-routing-backends/expected/xapi"
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def pseudonym(name: str) -> str:
    message = "\x1f".join(["username", "edx/unix", name.strip().lower()]).encode()
    return f"{_key_id()}:{hmac.new(KEY, message, hashlib.sha256).hexdigest()}"


def keyed_hash(value: str) -> str:
    message = "\x1f".join(["value", "edx/unix", value]).encode()
    return f"h:{hmac.new(KEY, message, hashlib.sha256).hexdigest()[:16]}"


def _key_id() -> str:
    from pipelines.settings import Settings

    return Settings().pseudonym_key_id


def of(landed: DailyLogs, day: date, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    """Events of one file."""
    return landed.rows(
        f"select {columns} from staging_edx.tracking_events where _file_key like ? and {where}",
        f"%-{day}.log.gz.gpg",
    )


def test_every_line_of_every_log_is_counted(landed, files):
    counted = landed.rows(
        "select file_key, rows_read, rows_landed, rows_quarantined, rows_filtered from ops.landings "
        "where table_name = 'tracking_events' and file_key is not null"
    )
    assert len(counted) == len(files)
    for file_key, read, came, kept, filtered in counted:
        day = date.fromisoformat(file_key[-21:-11])
        lines = [line for line in files[day].split(b"\n") if line or files[day].endswith(b"\n\n")]
        assert (read, came + kept + filtered) == (len(lines), len(lines)), file_key


def test_lines_that_are_no_events_are_quarantined_and_no_other(landed, real_data):
    """Two of Stanford's are no JSON; the guide shows two events in part, without a time."""
    kept = landed.rows("select file_key, reason from ops.quarantine where table_name = 'tracking_events'")
    found = Counter((file_key[-21:-11], reason) for file_key, reason in kept)
    assert found == {(str(STANFORD), "not_json"): len(NO_JSON), (str(GUIDE), "no_time"): 2}
    for name in NO_JSON:
        with pytest.raises(json.JSONDecodeError):
            json.loads((real_data / "edx/json_to_relation" / name).read_bytes())


def test_weekly_active_users(landed, real_data):
    """Events that say no more than who and when."""
    with (real_data / PIPELINE / "output/expected_active_users_per_week.csv").open() as file:
        expected = {(row["start_date"], pseudonym(row["username"])) for row in csv.DictReader(file)}
    rows = of(landed, DAYS["active_users_tracking.log"], "event_date, username", "username is not null")
    weeks = {(str(day - timedelta(days=day.weekday())), name) for day, name in rows}
    first, last = min(week for week, _ in expected), max(week for week, _ in expected)
    assert {row for row in weeks if first <= row[0] <= last} == expected


def test_module_engagement_of_a_day(landed, results):
    """Per course, user, entity and action: problems checked by the server, videos played, posts written."""
    day = DAYS["module_engagement_acceptance_tracking_20150413.log"]
    found: Counter[tuple[Any, ...]] = Counter()
    columns = (
        "course_id, username, event_type, event_source, block_id, commentable_id, success, name_too_long"
    )
    for course, name, act, source, block, topic, success, too_long in of(
        landed, day, columns, "event_date = date '2015-04-13'"
    ):
        if not course or not name or too_long:
            continue
        if act == "problem_check" and source == "server":
            found[course, name, "problem", block, "attempted"] += 1
            if success == "correct":
                found[course, name, "problem", block, "completed"] += 1
        elif act == "play_video":
            found[course, name, "video", block, "viewed"] += 1
        elif act and act.startswith("edx.forum.") and act.endswith(".created"):
            found[course, name, "discussion", topic, "contributed"] += 1
    table = results["module_engagement"]
    expected = {
        (row["course_id"], pseudonym(row["username"]), row["entity_type"], row["entity_id"], row["event"]):
            row["count"]
        for row in (dict(zip(table["columns"], values, strict=True)) for values in table["rows"])
        if row["date"] == "2015-04-13"
    }  # fmt: skip
    assert dict(found) == expected


def test_link_clicks(landed, real_data, files):
    """Clicks by course and day, to another host apart. edX counts a line as often as it is written; here
    a line that is written again in the same log is filtered, so it is added from the log itself.
    """
    day = DAYS["lms_courseware_link_clicked_acceptance_tracking.log"]
    again = Counter(files[day].splitlines())
    columns = "course_id, event_date, link_target, line_hash"
    found: dict[tuple[str, str], list[int]] = {}
    times = {_hash(line + b"\n"): count for line, count in again.items()}
    for course, when, target, line in of(landed, day, columns, "link_target is not null"):
        counts = found.setdefault((course, str(when)), [0, 0])
        counts[0] += (target == "external") * times[line]
        counts[1] += times[line]
    result = real_data / PIPELINE / "output/acceptance_expected_lms_courseware_link_clicked_events.csv"
    with result.open() as file:
        expected = {
            (row["course_id"], row["event_date"]):
                [int(row["external_link_clicked_events"]), int(row["link_clicked_events"])]
            for row in csv.DictReader(file)
        }  # fmt: skip
    assert found == expected


def _hash(line: bytes) -> int:
    """As a signed number."""
    return int.from_bytes(xxhash.xxh3_64_digest(line), "big", signed=True)


def test_tags_of_problems(landed, results):
    """Submissions by tag; a value that the contract does not list is compared through its keyed hash."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    correct: Counter[tuple[str, str, str, str]] = Counter()
    day = DAYS["tags_dist_acceptance_tracking.log"]
    for course, block, tags, success in of(
        landed, day, "course_id, block_id, tags, success", "tags is not null"
    ):
        for name, values in json.loads(tags).items():
            for value in values:
                found[course, block, name, value] += 1
                correct[course, block, name, value] += success == "correct"
    listed = {"Easy", "Medium", "Hard"}
    expected = {}
    for course, _, block, name, value, total, right in results["tags_distribution"]["rows"]:
        landed_value = value if value in listed else keyed_hash(value)
        expected[course, block, name, landed_value] = (total, right)
    assert {key: (count, correct[key]) for key, count in found.items()} == expected


SCORED = {
    "problem_check": ("grade", "max_grade"),
    "edx.grades.problem.submitted": ("grade", "max_grade"),
    "edx.grades.course.grade_calculated": ("percent_grade", "1.0"),
}


def test_scores_of_the_pairs_that_event_routing_backends_publishes(landed, xapi):
    expected: Counter[tuple[Any, ...]] = Counter()
    for name, statement in xapi.items():
        act = next((act for act in SCORED if name.startswith(act)), None)
        score = (statement.get("result") or {}).get("score")
        if act and score and "raw" in score:
            expected[act, float(score["raw"]), float(score["max"])] += 1
    found: Counter[tuple[Any, ...]] = Counter()
    for act, (got, most) in SCORED.items():
        where = f"event_type = '{act}' and event_source = 'server' and {got} is not null"
        found.update((act, got_, most_) for got_, most_ in of(landed, BACKENDS, f"{got}, {most}", where))
    assert len(expected) == len(SCORED)
    assert found == expected


def test_blocks_of_the_pairs_are_the_objects_of_their_translations(landed, xapi):
    blocks = {block for (block,) in of(landed, BACKENDS, "block_id", "block_id is not null")}
    objects = {statement["object"]["id"].rpartition("/xblock/")[2] for statement in xapi.values()}
    objects = {one for one in objects if one.startswith("block-v1:")}
    bare = {one.rpartition("@")[2].partition("/")[0] for one in objects}  # `…/hint/1` is of the block
    assert {one for one in bare if not any(block.endswith(one) for block in blocks)} == set()


def test_seeks_and_durations_of_the_pairs(landed, xapi):
    place = "https://w3id.org/xapi/video/extensions"
    said = xapi["seek_video"]["result"]["extensions"]
    [(old, new)] = of(
        landed, BACKENDS, "old_time, new_time", "event_type in ('seek_video', 'edx.video.position.changed')"
    )
    assert (old, new) == (said[f"{place}/time-from"], said[f"{place}/time-to"])
    lengths = {
        statement["context"]["extensions"][f"{place}/length"]
        for name, statement in xapi.items()
        if f"{place}/length" in statement.get("context", {}).get("extensions", {})
    }
    landed_lengths = {length for (length,) in of(landed, BACKENDS, "duration", "duration is not null")}
    assert landed_lengths == lengths != set()


def test_users_by_country_need_a_base_of_addresses(results):
    """`location` cannot be compared: no address lands, so no country can be told."""
    assert {row[2] for row in results["location"]["rows"]} > {"IE"}
