"""Marts of activity, videos and problems, built from logs of edX that landed, held against what edX computed.

edX counts everybody. So that the marts can be compared and not what lies below them, everybody in the logs is
made a learner here by rows of a snapshot.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project import plain_media as plain
from tests.dbt_project.landing_stand_in import dbt, insert_rows, stand_in_warehouse
from tests.real_data import test_edx_logs as logs
from tests.real_data.plain_labels import run_of, weekly_labels

files, landed, results, xapi = logs.files, logs.landed, logs.results, logs.xapi

SETTINGS = {"WAREHOUSE_PLATFORMS": "edx", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
MARTS = (
    "fct_video_views", "video_segments", "fct_problem_attempts", "problem_answers", "problem_tags",
    "problem_grades", "sequence_opens", "fct_course_activity_weekly", "fct_forum_posts",
)  # fmt: skip
HISTOGRAMS = logs.LOGS / "courseware_studentmodule_for_histograms.sql"
# id, type, block, student, state, grade, created, modified, most, done, course
STATE = re.compile(
    r"\((\d+),'(\w+)','([^']+)',(\d+),'[^']*',([\d.]+|NULL),'([^']+)','([^']+)',([\d.]+|NULL),'na','([^']+)'\)"
)
RUN_OF = "replace(course_run_key, 'edx:unix:', '')"


def states(text: str) -> list[dict[str, str]]:
    """Rows of the dump, as a package would bring them."""
    rows = []
    for number, kind, block, student, grade, created, modified, most, course in STATE.findall(text):
        row = {"id": number, "module_type": kind, "module_id": block, "student_id": f"k:{student}",
               "created": created, "modified": modified, "course_id": course,
               "_entity": run_of(course)}  # fmt: skip
        marks = {"grade": grade, "max_grade": most}
        rows.append(row | {name: mark for name, mark in marks.items() if mark != "NULL"})
    return rows


def snapshot(learners: set[tuple[str, str, str | None]]) -> dict[str, list[dict[str, str]]]:
    """(course run, account, username) → what makes each of them a learner there."""
    placed = [
        {"_instance": "unix", "_entity": run_of(course), "course": course, "user": user, "name": name or ""}
        for course, user, name in sorted(learners, key=str)
    ]
    where = ("_instance", "_entity")
    return {
        "auth_user": [
            {"id": row["user"], "account_kind": "learner", "email_domain_class": "none", "is_active": "true",
             "is_staff": "false", "is_superuser": "false", **{name: row[name] for name in where},
             **({"username": row["name"]} if row["name"] else {})}
            for row in placed
        ],
        "student_courseenrollment": [
            {"id": str(number), "user_id": row["user"], "course_id": row["course"], "is_active": "true",
             "created": "2014-01-01", "mode": "audit", **{name: row[name] for name in where}}
            for number, row in enumerate(placed)
        ],
        "snapshots": [
            {"table_name": "auth_user", "snapshot_date": "2024-01-01", "file_key": "z", "row_count": "1",
             "_instance": "unix", "_entity": name}
            for name in sorted({row["_entity"] for row in placed})
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def marts(landed, real_data, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("log_marts")
    stand_in_warehouse(home, {"edx": {}})
    modules = states((real_data / HISTOGRAMS).read_text())
    people = landed.rows(
        "select course_id, coalesce(user_id, username), any_value(username) from staging_edx.tracking_events "
        "where course_id is not null and coalesce(user_id, username) is not null group by all"
    )
    learners = {*people, *((row["course_id"], row["student_id"], None) for row in modules)}
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        connection.register("_log", landed.warehouse.connection.execute(
            "select * exclude (_dlt_load_id) from staging_edx.tracking_events").to_arrow_table())  # fmt: skip
        connection.execute("insert into staging_edx.tracking_events by name select * from _log")
        connection.unregister("_log")
        planted = {**snapshot(learners), "courseware_studentmodule": modules}
        for table, rows in planted.items():
            insert_rows(connection, "edx", table, [{"_instance": "unix", **row} for row in rows])
    report = dbt(home, "build", "--select", *(f"+{mart}" for mart in MARTS), "--resource-type", "model",
                 "--resource-type", "seed", **SETTINGS)  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        yield connection


def asked(marts: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return marts.execute(sql).fetchall()


def test_everybody_in_the_logs_is_a_learner_here(marts):
    """Else a mart could agree because it has nobody."""
    [(checks, attempts)] = asked(
        marts, "select (select count(*) from intermediate.int_edx__problem_checks_counted where account_id "
               "is not null), (select count(*) from course_activity.fct_problem_attempts)")  # fmt: skip
    assert checks == attempts > 100


def test_tags_of_problems(marts, results):
    """edX's distribution of tags; a value that no contract lists is compared by its keyed hash."""
    listed = {"Easy", "Medium", "Hard"}
    expected = {
        (course, block, name, value if value in listed else logs.keyed_hash(value), total, right)
        for course, _, block, name, value, total, right in results["tags_distribution"]["rows"]
    }
    columns = "problem_id, tag_name, tag_value, submissions, correct_submissions"
    assert set(asked(marts, f"select {RUN_OF}, {columns} from course_activity.problem_tags")) == expected
    assert len(expected) == len(results["tags_distribution"]["rows"])


def test_grades_of_problems(marts, results):
    found = asked(marts, f"select problem_id, {RUN_OF}, points_earned, points_possible, learners "
                         "from course_activity.problem_grades")  # fmt: skip
    assert Counter(found) == Counter(map(tuple, results["grade_distribution"]["rows"]))


def test_sequences_opened(marts, results):
    found = asked(marts, f"select sequence_id, {RUN_OF}, learners from course_activity.sequence_opens")
    assert Counter(found) == Counter(map(tuple, results["sequential_open_distribution"]["rows"]))


def test_engagement_with_problems(marts, results):
    """Attempted and completed as edX's module engagement counts them, of the day that it was computed for."""
    table = results["module_engagement"]
    rows = [dict(zip(table["columns"], values, strict=True)) for values in table["rows"]]
    expected = {
        (row["course_id"], row["entity_id"], row["event"]): row["count"]
        for row in rows if row["date"] == "2015-04-13" and row["entity_type"] == "problem"
    }  # fmt: skip
    found = asked(
        marts, f"select {RUN_OF}, problem_id, case when outcome = 'correct' then 'completed' else "
               "'attempted' end, count(*) from course_activity.fct_problem_attempts "
               "where attempted_on = date '2015-04-13' group by all")  # fmt: skip
    assert {row[:3]: row[3] for row in found} == expected


def test_videos_played(marts, results):
    """`viewed` of edX's module engagement is any play, which is not yet a viewing."""
    table = results["module_engagement"]
    expected: Counter[tuple[str, str]] = Counter()
    for values in table["rows"]:
        row = dict(zip(table["columns"], values, strict=True))
        if row["date"] == "2015-04-13" and row["event"] == "viewed":
            expected[row["course_id"], row["entity_id"]] += row["count"]
    found = asked(
        marts, "select course_id, block_id, count(*) from intermediate.int_edx__video_plays_joined "
               "where event_date = date '2015-04-13' group by all")  # fmt: skip
    assert {row[:2]: row[2] for row in found} == expected != {}


LABEL_OF = {"viewed": "played_video", "attempted": "attempted_problem", "contributed": "posted_forum"}


def test_module_engagement_of_a_day_is_in_the_activity_of_each_learner(marts, results):
    """edX counts by user and entity; the activity star by user and label, so entities are added up here."""
    expected: Counter[tuple[str, str, str]] = Counter()
    for day, course, name, _, _, event, count in results["module_engagement"]["rows"]:
        if day == "2015-04-13" and event in LABEL_OF:
            expected[run_of(course), logs.pseudonym(name), LABEL_OF[event]] += count
    columns = ", ".join(f"sum({label}_acts)" for label in LABEL_OF.values())
    found = asked(
        marts, f"select {RUN_OF}, username, {columns} from course_activity.fct_course_activity_daily a "
               "join (select distinct user_id, username from staging_edx.tracking_events "
               "where event_date = date '2015-04-13' and username is not null) u "
               "on a.person_key = 'account:edx:unix:' || u.user_id "
               "where activity_date = date '2015-04-13' group by all")  # fmt: skip
    assert expected == {
        (run_of(course), name, label): count
        for course, name, *counts in found
        for label, count in zip(LABEL_OF.values(), counts, strict=True)
        if count
    }
    assert {label for _, _, label in expected} == {"played_video", "posted_forum"}


def test_engagement_with_discussions_by_topic(marts, results):
    expected = {
        (run_of(course), topic): count
        for day, course, _, _, topic, event, count in results["module_engagement"]["rows"]
        if day == "2015-04-13" and event == "contributed"
    }
    found = asked(marts, f"select {RUN_OF}, forum_id, count(*) from course_activity.fct_forum_posts "
                         "where posted_on = date '2015-04-13' group by all")  # fmt: skip
    assert {(run_of(row[0]), row[1]): row[2] for row in found} == expected != {}


def test_labels_by_week_are_those_of_edxs_rule(marts, files):
    """edX publishes no table of labels for these logs, so its rule reads the raw lines once more."""
    columns = "label, cast(week_starts_on as varchar), learners, acts"
    found = asked(marts, f"select {RUN_OF}, {columns} from course_activity.fct_course_activity_weekly")
    assert {(run_of(row[0]), *row[1:3]): row[3:] for row in found} == weekly_labels(files.values())
    assert {row[1] for row in found} == {"ACTIVE", "PLAYED_VIDEO", "ATTEMPTED_PROBLEM", "POSTED_FORUM"}


def test_weekly_active_users_without_a_course_are_in_no_mart(marts, landed):
    """They say a username and a time, no account, no course: no label of edX. test_edx_logs compares them."""
    day = logs.DAYS["active_users_tracking.log"]
    [(lines, placed)] = logs.of(landed, day, "count(*), count(coalesce(user_id, course_id))")
    assert (lines > 0, placed) == (True, 0)


def test_viewings_and_segments_of_the_logs_by_plain_python(marts, files):
    """The raw lines read once more by another program; edX publishes no segments for these logs."""
    lines = [line for content in files.values() for line in raw_video_lines(content)]
    by_hand = plain.viewings(lines)
    assert len(by_hand) == 2
    columns = "video_id, cast(viewed_on as varchar), from_seconds, to_seconds, video_seconds"
    found = Counter(asked(marts, f"select {columns} from course_activity.fct_video_views"))
    assert found == Counter((one.video, one.day, one.begins, one.ends, one.length) for one in by_hand)
    columns = "video_id, segment, users, views, video_seconds, is_length_known, users_at_start, users_at_end"
    found = Counter(asked(marts, f"select {columns} from course_activity.video_segments"))
    assert found == Counter((video, at, *one) for (_, video, at), one in plain.segments(by_hand).items())


def raw_video_lines(content: bytes) -> Iterator[dict[str, str]]:
    """Acts on videos of a raw log, in the shape that plain Python reads."""
    for number, line in enumerate(sorted(set(content.split(b"\n")))):
        event = json.loads(line) if b"_video" in line else {}
        if event.get("event_type") not in plain.ACTS:
            continue
        said = event["event"] if isinstance(event["event"], dict) else json.loads(event["event"])
        known = {
            "line_hash": number, "event_type": event["event_type"], "time": event["time"],
            "event_date": event["time"][:10], "user_id": event.get("context", {}).get("user_id"),
            "username": event.get("username"), "course_id": event.get("context", {}).get("course_id"),
            "block_id": said["id"].strip(), "current_time": said.get("currentTime"),
            "old_time": said.get("old_time"), "new_time": said.get("new_time"),
            "duration": said.get("duration"),
        }  # fmt: skip
        yield {name: str(value) for name, value in known.items() if value is not None}


PLACE = "https://w3id.org/xapi/video/extensions"


def test_acts_on_videos_are_where_event_routing_backends_says(marts, xapi):
    """Time, verb, place (to the millisecond) and length of each act on a video whose translation says one."""
    verbs = {"paused": "pause_video", "terminated": "stop_video", "seeked": "seek_video"}
    expected = set()
    for statement in xapi.values():
        act, said = verbs.get(Path(statement["verb"]["id"]).name), (statement.get("result") or {})
        place = said.get("extensions", {})
        if act and any(key.startswith(PLACE) for key in place):
            began, to = (
                place.get(f"{PLACE}/time-from", place.get(f"{PLACE}/time")),
                place.get(f"{PLACE}/time-to"),
            )
            length = statement["context"]["extensions"].get(f"{PLACE}/length")
            expected.add((act, moment(statement), began, to, length))
    found = asked(marts, "select act, occurred_at, round(at_seconds, 3), seek_to_seconds, video_seconds "
                         "from intermediate.int_edx__video_acts_counted "
                         "where event_date >= date '2020-01-01' and act <> 'play_video'")  # fmt: skip
    assert set(found) == expected
    assert len(expected) == len(verbs)


def test_attempts_are_what_event_routing_backends_says(marts, xapi):
    """Time, problem, points, attempt and success of each check by the server."""
    expected: Counter[tuple[Any, ...]] = Counter()
    for name, statement in xapi.items():
        if name.startswith("problem_check(server"):
            result, about = statement["result"], statement["object"]
            attempt = about["definition"]["extensions"]["http://id.tincanapi.com/extension/attempt-id"]
            score = result["score"]["raw"], result["score"]["max"], 100 * result["score"]["scaled"]
            block = about["id"].rpartition("/xblock/")[2]
            outcome = "correct" if result["success"] else "incorrect"
            expected[moment(statement), block, attempt, *score, outcome] += 1
    columns = (
        "attempted_at, problem_id, attempt_number, points_earned, points_possible, "
        "attempt_score_percent, outcome"
    )
    found = asked(marts, f"select {columns} from course_activity.fct_problem_attempts "
                         "where attempted_on >= date '2020-01-01'")  # fmt: skip
    assert Counter(found) == expected
    assert sum(expected.values()) == 3


def moment(statement: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(statement["timestamp"]).replace(tzinfo=None)
