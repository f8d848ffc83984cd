"""What learners did comes out as worked out by hand in `activity_scenarios/`; see its README.md.

All stories are built by one dbt run, on a warehouse with four platforms.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.landing_stand_in import dbt, read_csv, stand_in_warehouse, told
from tests.dbt_project.moodle_stories import moodle_rows

SCENARIOS = Path(__file__).parent / "activity_scenarios"
NAMES = sorted(path.name for path in SCENARIOS.iterdir() if path.is_dir())
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
        SELECT forum_post_id, account_key, r.short_name, posted_at, if(is_reply, 'yes', 'no'),
            if(is_private, 'yes', 'no'), if(is_text_removed, 'yes', 'no'), word_count
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


def found(home: Path, what: str) -> Counter:
    with closing(duckdb.connect(home / "warehouse.duckdb", read_only=True)) as connection:
        rows = connection.execute(FOUND[what]).fetchall()
    return Counter(tuple("" if value is None else str(value) for value in row) for row in rows)


def expected(path: Path) -> Counter:
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    return Counter(tuple(row.get(name, "") for name in header) for row in read_csv(path))


def test_the_platforms_build_and_pass_every_data_test(warehouse):
    report = warehouse[1]
    assert report.returncode == 0, report.stdout[-4000:]
    assert "ERROR=0 SKIP=0" in report.stdout


@pytest.mark.parametrize("what", FOUND)
def test_the_marts_say_what_was_worked_out_by_hand_and_nothing_else(warehouse, what):
    paths = [SCENARIOS / f"{what}.csv", *(SCENARIOS / name / f"{what}.csv" for name in NAMES)]
    by_hand = sum((expected(path) for path in paths if path.exists()), Counter())
    said = found(warehouse[0], what)
    assert by_hand
    assert sorted((said - by_hand).elements()) == sorted((by_hand - said).elements()) == []


def test_every_story_is_told_in_the_readme():
    told_of = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| {name} |" not in told_of] == []
