"""Daily enrolment as edX computed it of its acceptance log, row for row through the dbt models.

edX counts everybody; here an account that no snapshot has counts as a learner, and the test lands no snapshot
of accounts. Of the course runs it lands the root blocks only, as they would stand in a package.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse
from tests.landing.logs.daily import DailyLogs, sealed
from tests.servers.gpg_keys import NOT_INSTALLED, GpgKeys, installed

PIPELINE = Path("edx/edx-analytics-pipeline")
LOG = PIPELINE / "input/enrollment_trends_tracking.log"
# The upstream job read no event of before 31 July 2014, and none of the two activations of the day before.
READ_FROM = "2014-07-31"
ROOTS = [
    {"_instance": "unix", "_entity": "edX-Open_DemoX-edx_demo_course", "category": "course",
     "block_id": "i4x://edX/Open_DemoX/course/edx_demo_course"},
    {"_instance": "unix", "_entity": "edX-Open_DemoX-edx_demo_course2", "category": "course",
     "block_id": "block-v1:edX+Open_DemoX+edx_demo_course2+type@course+block@course"},
]  # fmt: skip
COURSE = "replace(course_run_key, 'edx:unix:', '')"


@pytest.fixture(scope="module")
def results(real_data) -> dict[str, Any]:
    """What edX computed of the log."""
    if not (real_data / LOG).is_file():
        pytest.skip(f"real data: no {LOG} there")
    return json.loads((real_data / PIPELINE / "expected_inline.json").read_text())


@pytest.fixture(scope="module")
def marts(real_data, results, tmp_path_factory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The log packed, encrypted and landed as the days of edX come, and the marts that dbt makes of it."""
    if not installed():
        pytest.skip(NOT_INSTALLED)
    folder, home = tmp_path_factory.mktemp("logs"), tmp_path_factory.mktemp("marts")
    stand_in_warehouse(home, {"edx": {"course_structure": ROOTS}})
    lines = (real_data / LOG).read_bytes().splitlines(keepends=True)
    read = [line for line in lines if json.loads(line)["time"] >= READ_FROM]
    keys = GpgKeys()
    try:
        with DailyLogs(folder, keys.settings("unix").key_file) as daily:
            # all of it in a file of the last day, and each line once more in that of a late day
            for day in (date(2014, 8, 6), date(2014, 8, 30)):
                daily.deliver(day, sealed(keys, b"".join(read)))
            daily.landed()
            landed = daily.warehouse.disk
    finally:
        keys.stop()
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        connection.execute(f"attach '{landed}' as landed (read_only)")
        connection.execute(
            "insert into staging_edx.tracking_events by name "
            "select * exclude (_dlt_load_id) from landed.staging_edx.tracking_events"
        )
    report = dbt(
        home, "build", "--select", "+fct_enrolments_daily", "--exclude-resource-type", "test", "unit_test",
        WAREHOUSE_PLATFORMS="edx", WAREHOUSE_AS_OF="2026-07-31 06:00:00",
    )  # fmt: skip
    assert report.returncode == 0, report.stdout[-4000:]
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        yield connection


def test_each_line_landed_twice_and_counts_once(marts):
    [(landed,)] = marts.execute("select count(*) from staging_edx.tracking_events").fetchall()
    [(acts, lines)] = marts.execute(
        "select count(*), sum(lines) from intermediate.int_edx__enrolment_acts"
    ).fetchall()
    assert (landed, lines) == (2 * acts, 2 * acts)
    assert acts == 13


def test_enrolment_by_day_and_mode(marts, results):
    said = marts.execute(
        f"select enrolment_date::text, {COURSE}, mode, enrolments, cumulative_enrolments "
        "from course_activity.fct_enrolments_daily"
    ).fetchall()
    assert Counter(said) == Counter(map(tuple, results["enrollment_mode_daily"]["rows"]))


def test_enrolment_by_day(marts, results):
    said = marts.execute(
        f"select enrolment_date::text, {COURSE}, sum(enrolments)::int, sum(cumulative_enrolments)::int "
        "from course_activity.fct_enrolments_daily group by all"
    ).fetchall()
    assert Counter(said) == Counter(map(tuple, results["enrollment_daily"]["rows"]))


def test_summary_of_the_courses_on_the_last_day(marts, results):
    table = results["enrollment_summary"]
    wanted = ("course_id", "enrollment_mode", "count", "count_change_7_days", "cumulative_count")
    expected = [
        tuple(dict(zip(table["columns"], row, strict=True))[name] for name in wanted) for row in table["rows"]
    ]
    said = marts.execute(
        f"select {COURSE}, mode, enrolments, enrolments_change_7_days, cumulative_enrolments "
        "from course_activity.fct_enrolments_daily "
        "where enrolment_date = (select max(enrolment_date) from course_activity.fct_enrolments_daily)"
    ).fetchall()
    assert Counter(said) == Counter(expected)


def test_change_since_the_day_before_adds_up(marts, results):
    """edX publishes no sum of its `change_since_last_day`; the counts of its days tell it."""
    said = marts.execute(
        f"select enrolment_date::text, {COURSE}, sum(enrolments_change)::int "
        "from course_activity.fct_enrolments_daily group by all"
    ).fetchall()
    expected: list[tuple[Any, ...]] = []
    before: dict[str, int] = {}
    for day, course, count, _ in sorted(results["enrollment_daily"]["rows"]):
        expected.append((day, course, count - before.get(course, 0)))
        before[course] = count
    assert Counter(said) == Counter(expected)
