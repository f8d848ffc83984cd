"""The warehouse that the bench of increments builds: days alike, and one more touches itself alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.settings import Settings
from pipelines.warehouse import open_warehouse
from scripts.bench.activity_stand_in import DAYS, FIRST_DAY, ActivityStandIn

PER_DAY = 30


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("bench") / "home")
    ActivityStandIn(settings, PER_DAY * DAYS).add_day(DAYS)
    return settings


def rows(settings: Settings, sql: str) -> list[tuple]:
    with open_warehouse(settings, read_only=True) as warehouse:
        return warehouse.rows(sql)


def test_two_years_and_a_day_of_equal_days(settings: Settings) -> None:
    days = rows(
        settings, "select event_date, count(*) from staging_edx.tracking_events group by all order by all"
    )
    assert days == [(FIRST_DAY + timedelta(days=day), PER_DAY) for day in range(DAYS + 1)]


def test_the_day_more_touched_itself_alone(settings: Settings) -> None:
    touched = rows(
        settings, f"select partition_date from ops.touched_partitions where load_id = 'load_{DAYS}'"
    )
    assert touched == [(FIRST_DAY + timedelta(days=DAYS),)]


def test_no_line_is_there_twice_and_none_leaves_its_day(settings: Settings) -> None:
    lines = rows(
        settings,
        "select count(*), count(distinct line_hash), count(*) filter (cast(time as date) = event_date) "
        "from staging_edx.tracking_events",
    )
    assert lines == [(PER_DAY * (DAYS + 1),) * 3]


def test_every_actor_is_enrolled_on_the_run_of_the_act(settings: Settings) -> None:
    strangers = rows(
        settings,
        "select count(*) from staging_edx.tracking_events as e "
        "anti join staging_edx.student_courseenrollment as s "
        "on e.user_id = s.user_id and e.course_id = s.course_id",
    )
    assert strangers == [(0,)]
