"""Marts of videos and problems, built from logs of edX that landed, held row for row against what edX computed.

edX counts everybody. So that the marts can be compared and not what lies below them, everybody in the logs is made a
learner here by a row of a snapshot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import dbt, insert_rows, stand_in_warehouse
from tests.real_data import test_edx_logs as logs

files, landed, results, xapi = logs.files, logs.landed, logs.results, logs.xapi

SETTINGS = {"WAREHOUSE_PLATFORMS": "edx", "WAREHOUSE_AS_OF": "2026-07-31 06:00:00"}
MARTS = (
    "fct_video_views", "video_segments", "fct_problem_attempts", "problem_answers", "problem_tags",
    "problem_grades", "sequence_opens",
)  # fmt: skip
HISTOGRAMS = logs.LOGS / "courseware_studentmodule_for_histograms.sql"
# id, type, block, student, state, grade, created, modified, most, done, course
STATE = re.compile(
    r"\((\d+),'(\w+)','([^']+)',(\d+),'[^']*',([\d.]+|NULL),'([^']+)','([^']+)',([\d.]+|NULL),'na','([^']+)'\)"
)
RUN_OF = "replace(course_run_key, 'edx:unix:', '')"


def entity(course_id: str) -> str:
    return re.sub(r"[/+]", "-", course_id.removeprefix("course-v1:"))


def states(text: str) -> list[dict[str, str]]:
    """Rows of the dump, as a package would bring them."""
    rows = []
    for number, kind, block, student, grade, created, modified, most, course in STATE.findall(text):
        row = {"id": number, "module_type": kind, "module_id": block, "student_id": f"k:{student}",
               "created": created, "modified": modified, "course_id": course, "_entity": entity(course)}  # fmt: skip
        marks = {"grade": grade, "max_grade": most}
        rows.append(row | {name: mark for name, mark in marks.items() if mark != "NULL"})
    return rows


def snapshot(learners: set[tuple[str, str, str | None]]) -> dict[str, list[dict[str, str]]]:
    """(course run, account, username) → what makes each of them a learner there."""
    placed = [
        {"_instance": "unix", "_entity": entity(course), "course": course, "user": user, "name": name or ""}
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
            {"table_name": "auth_user", "snapshot_date": "2024-01-01", "file_key": "unix.zip", "row_count": "1",
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
