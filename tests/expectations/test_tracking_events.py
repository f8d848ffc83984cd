"""The suite of tracking events finds what was planted: one odd row, or one kind of row too often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import duckdb
import pytest

from expectations.results import FAIL, WARN, CheckResult
from pipelines.warehouse import Warehouse
from pipelines.warehouse.duckdb import DuckDbWarehouse
from tests.dbt_project.landing_stand_in import insert_rows, stand_in_warehouse

EVENTS = "staging_edx.tracking_events"
BLOCK = "block-v1:UniX+Demo1x+1T2018+type@video+block@0b9e39477cf34507a7a48f74be381fdd"
DAY = {"time": "2026-07-29 10:00:00", "event_date": "2026-07-29", "account_kind": "learner"}
VIDEO = {"family": "video", "event_type": "play_video", "event_source": "browser", "payload": "read", **DAY}
REQUEST = {
    "family": "request",
    "path_class": "courseware",
    "event_source": "server",
    "payload": "none",
    **DAY,
}
OTHER = {"family": "other", "payload": "none", **DAY}
HASHED = "h:0123456789abcdef"
# Every form a text may have that is no item of a list.
GOOD = [
    REQUEST,
    OTHER,
    {**VIDEO, "block_id": BLOCK, "player": "youtube", "course_id": "course-v1:UniX+Demo1x+1T2018"},
    {**VIDEO, "block_id": "i4x-UniX-Demo1x-video-Week_1", "app": "edx.mobileapp.iOS"},
    {**VIDEO, "block_id": HASHED, "course_id": "ccx-v1:UniX+Demo1x+1T2018+ccx@12"},
    {**VIDEO, "family": "forum", "forum_id": "0" * 24, "thread_id": HASHED, "commentable_id": "course"},
    {**VIDEO, "family": "ora", "submission_uuid": "0b9e3947-7cf3-4507-a7a4-8f74be381fdd"},
]  # fmt: skip
SOMEBODY = "ada@uni.edu"
PLANTED: dict[str, tuple[list[dict[str, str]], dict[str, str]]] = {
    "sentence as a block": ([{**VIDEO, "block_id": "I am Ada"}], {"written_by_somebody": FAIL}),
    "address as a block": ([{**VIDEO, "block_id": SOMEBODY}], {"address_in_a_block": FAIL}),
    "address as a course": ([{**VIDEO, "course_id": SOMEBODY}], {"address_in_a_block": FAIL}),
    "name as a post": ([{**VIDEO, "forum_id": "ada"}], {"written_by_somebody": FAIL}),
    "name as a submission": ([{**VIDEO, "submission_uuid": "ada"}], {"written_by_somebody": FAIL}),
    "address as an act": ([{**VIDEO, "event_type": "/u/ada"}], {"written_by_somebody": FAIL}),
    "request with a name": ([{**REQUEST, "event_type": "u.ada"}], {"request_with_a_name": FAIL}),
    "word that is not listed": ([{**VIDEO, "mode": "ada"}], {"listed_value": FAIL}),
    "unknown state": ([{**VIDEO, "payload": "lost"}], {"expect_column_values_to_be_in_set": FAIL}),
    "unknown family": ([{**VIDEO, "family": "poll"}], {"expect_column_values_to_be_in_set": WARN}),
    "share": ([{**VIDEO, "completion": "1.5"}], {"expect_column_values_to_be_between": WARN}),
    "points": ([{**VIDEO, "grade": "2", "max_grade": "1"}], {"more_points_than_could_be_had": WARN}),
    "tomorrow": ([{**VIDEO, "event_date": "2026-08-05"}], {"not_in_the_future": WARN}),
    "broken": ([{**VIDEO, "payload": "broken"}] * 11 + [VIDEO] * 989, {"many_broken_events": WARN}),
    "less broken": ([{**VIDEO, "payload": "broken"}] * 9 + [VIDEO] * 989, {}),
    "nameless": ([OTHER] * 300 + [VIDEO] * 900, {"many_acts_without_a_family": WARN}),
    "few acts": ([OTHER] * 30 + [VIDEO] * 30 + [REQUEST] * 1000, {}),
    "odd blocks": (
        [{**VIDEO, "block_id": HASHED}] * 60 + [{**VIDEO, "block_id": BLOCK}] * 1000,
        {"many_blocks_of_no_shape": WARN},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with the tables of edX, all empty."""
    home = tmp_path_factory.mktemp("landed")
    stand_in_warehouse(home, {"edx": {}})
    with closing(duckdb.connect(home / "warehouse.duckdb")) as connection:
        yield DuckDbWarehouse(connection, home / "warehouse.duckdb")


@pytest.fixture
def broken(landed: Warehouse, ask: Callable[..., list[CheckResult]]) -> Callable[..., dict[str, str]]:
    """Expectation → severity of what fails where there are only these rows, each with a place in a file."""

    def found(rows: list[dict[str, str]]) -> dict[str, str]:
        placed = [
            {"_file_key": "log.gz", "_offset": str(number), "line_hash": str(number), "_row_hash": "1",
             "_dlt_load_id": "1.5", **row}
            for number, row in enumerate(rows)
        ]  # fmt: skip
        landed.execute(f"delete from {EVENTS}")
        insert_rows(landed.connection, "edx", "tracking_events", placed)
        return {r.expectation: r.severity for r in ask(landed, "staging", [EVENTS]) if not r.success}

    return found


def test_events_in_order_pass(broken):
    assert broken(GOOD) == {}


@pytest.mark.parametrize(("rows", "found"), PLANTED.values(), ids=PLANTED)
def test_what_was_planted_is_found_and_nothing_else(broken, rows, found):
    assert broken([*GOOD, *rows]) == found


def test_an_old_log_is_told(broken):
    assert broken([{**REQUEST, "event_date": "2026-07-20"}]) == {"no_log_for_a_week": WARN}
