"""What learners did comes out as worked out by hand in `activity_scenarios/`; see its README.md.

All stories are built by one dbt run, on a warehouse with four platforms.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dbt_project.landing_stand_in import dbt, stand_in_warehouse
from tests.dbt_project.moodle_stories import moodle_rows
from tests.dbt_project.worked_out import assert_same, assert_sound, expected, files_of, names_in, said, told

SCENARIOS = Path(__file__).parent / "activity_scenarios"
SETTINGS = {
    "WAREHOUSE_PLATFORMS": "moodle,classroom,bookshelf,reading", "WAREHOUSE_AS_OF": "2024-03-10 00:00:00",
}  # fmt: skip
# platform → file of a story → landed table
FILES = {
    "classroom": {
        name: name
        for name in ("users", "classes", "class_members", "lessons", "logins", "scores", "progress")
    },
    "bookshelf": {"accounts": "Accounts", "reading_sessions": "ReadingSessions"},
    "reading": {name: name for name in ("exports", "reading_progress", "quiz_results")},
}
WHO = "regexp_extract(person_key, '[^:]+$')"
WHERE = "coalesce(r.short_name, f.platform)"
RUNS = "LEFT JOIN core.dim_course_runs r ON r.course_run_key = f.course_run_key"
# expected file → query of the same columns
FOUND = {
    "expected_daily": f"""
        SELECT {WHO}, {WHERE}, activity_date, active_acts, played_video_acts, attempted_problem_acts,
            posted_forum_acts
        FROM course_activity.fct_course_activity_daily f {RUNS}
    """,
    "expected_sessions": """
        SELECT account_key, platform, session_date, started_at, ended_at, session_seconds, acts,
            courses_visited
        FROM course_activity.fct_sessions
    """,
    "expected_time": f"""
        SELECT {WHO}, {WHERE}, activity_date, acts, seconds_5_minute_timeout, seconds_30_minute_timeout
        FROM course_activity.fct_time_on_task f {RUNS}
    """,
    "expected_posts": f"""
        SELECT forum_post_id, account_key, r.short_name, posted_at, is_reply, is_private, is_text_removed, word_count
        FROM course_activity.fct_forum_posts f {RUNS}
    """,
    "expected_weekly": f"""
        SELECT {WHERE}, label, week_starts_on, learners, acts
        FROM course_activity.fct_course_activity_weekly f {RUNS}
    """,
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """The one build; gives the folder of the warehouse file and dbt's own report."""
    home = tmp_path_factory.mktemp("activity")
    stand_in_warehouse(home, told(SCENARIOS, FILES) | {"moodle": moodle_rows(SCENARIOS)})
    return home, dbt(home, "build", "--exclude-resource-type", "unit_test", **SETTINGS)


def test_the_platforms_build_and_pass_every_data_test(warehouse):
    assert_sound(warehouse[1])


@pytest.mark.parametrize("what", FOUND)
def test_the_marts_say_what_was_worked_out_by_hand_and_nothing_else(warehouse, what):
    by_hand = expected(files_of(SCENARIOS, what))
    assert by_hand
    assert_same(said(warehouse[0], FOUND[what]), by_hand)


def test_every_story_is_told_in_the_readme():
    told_of = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    assert [name for name in names_in(SCENARIOS) if f"| {name} |" not in told_of] == []
