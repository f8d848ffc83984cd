"""Completions and activity of the real Moodle, row for row, against SQL and plain Python on its own tables.

Marts have pseudonyms, so rows are compared without the person, each as often as it is there.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.dbt_project.landing_stand_in import read_csv
from tests.dbt_project.plain_activity import Act, Told, told
from tests.real_data.conftest import LEARNERS

# learner × course: the total on the learner's own range, completion, activities, quizzes, assignments
COMPLETIONS = f"""
    select l.courseid, round(g.finalgrade, 2), round(
            100 * (g.finalgrade - g.rawgrademin) / nullif(g.rawgrademax - g.rawgrademin, 0), 6),
        coalesce(g.overridden, 0) > 0, cc.timecompleted,
        (select count(*) from mdl_course_modules_completion mc
            join mdl_course_modules m on m.id = mc.coursemoduleid
            where mc.userid = l.userid and m.course = l.courseid and c.enablecompletion = 1
                and m.completion > 0 and m.deletioninprogress = 0 and mc.completionstate in (1, 2)),
        (select count(*) from mdl_quiz_attempts a join mdl_quiz q on q.id = a.quiz
            where a.userid = l.userid and q.course = l.courseid and a.preview = 0),
        (select round(avg(100 * qg.grade / q.grade), 6) from mdl_quiz_grades qg
            join mdl_quiz q on q.id = qg.quiz
            where qg.userid = l.userid and q.course = l.courseid and exists (
                select 1 from mdl_quiz_attempts a
                where a.quiz = q.id and a.userid = l.userid and a.preview = 0)),
        (select count(*) from mdl_assign_submission s join mdl_assign a on a.id = s.assignment
            where s.userid = l.userid and a.course = l.courseid and s.latest = 1 and s.status = 'submitted'
                and a.teamsubmission = 0)
    from ({LEARNERS}) l
    join mdl_course c on c.id = l.courseid
    left join mdl_grade_items i on i.courseid = l.courseid and i.itemtype = 'course'
    left join mdl_grade_grades g on g.itemid = i.id and g.userid = l.userid
    left join mdl_course_completions cc on cc.userid = l.userid and cc.course = l.courseid
"""
COMPLETIONS_OF_MARTS = """
    select cast(r.course_id as bigint), round(m.course_grade, 2), round(m.grade_percent, 6),
        m.is_grade_overridden, cast(epoch(m.completed_at) as bigint), m.activities_completed,
        m.quiz_attempts, round(m.quiz_grade_percent, 6), m.assignments_submitted
    from course_activity.moodle_completions as m
    join core.dim_course_runs as r on r.course_run_key = m.course_run_key
    where m.is_enrolled
"""
OWN_ACTS = """
    select userid, courseid, eventname, id, timecreated from mdl_logstore_standard_log
    where userid > 0 and courseid > 0 and anonymous = 0 and realuserid is null and origin in ('web', 'ws')
"""
POSTS = f"""
    select d.course, p.created, p.parent > 0, p.wordcount
    from mdl_forum_posts p join mdl_forum_discussions d on d.id = p.discussion
    join ({LEARNERS}) l on l.userid = p.userid and l.courseid = d.course
"""
POSTS_OF_MARTS = """
    select cast(split_part(course_run_key, ':', 3) as bigint), cast(epoch(posted_at) as bigint), is_reply,
        word_count
    from course_activity.fct_forum_posts
"""


def comparable(rows: list[tuple] | tuple[tuple, ...]) -> Counter:
    """Rows as often as they are there; numbers of either engine as equal decimals, truth as 0 and 1."""

    def value(cell: object) -> object:
        if isinstance(cell, bool):
            return int(cell)
        return float(cell) if isinstance(cell, Decimal | float) else cell

    return Counter(tuple(value(cell) for cell in row) for row in rows)


@pytest.fixture(scope="module")
def by_hand(moodle_server) -> Told:
    """What plain Python makes of Moodle's own log."""
    labels = read_csv(PROJECT_ROOT / "dbt_project" / "seeds" / "activity_labels.csv")
    of_moodle = {row["act"]: row["label"] for row in labels if row["platform"] == "moodle"}
    learners = moodle_server.execute(LEARNERS, "moodle")
    acts = [
        Act(str(user), f"moodle:main:{course}", event, number, at)
        for user, course, event, number, at in moodle_server.execute(OWN_ACTS, "moodle")
    ]
    return told(acts, {(str(user), f"moodle:main:{course}") for user, _, course in learners}, of_moodle)


def test_every_learners_completion_grade_and_progress(home, said, moodle_server):
    marts = comparable(home.marts(COMPLETIONS_OF_MARTS))
    assert marts == comparable(moodle_server.execute(COMPLETIONS, "moodle"))
    assert marts.total() > 800


def test_every_session(home, said, by_hand):
    seconds = "cast(epoch(started_at) as bigint), cast(epoch(ended_at) as bigint)"
    rows = home.marts(f"select {seconds}, acts, courses_visited from course_activity.fct_sessions")
    assert Counter(rows) == Counter(session[1:] for session in by_hand.sessions.elements())
    assert len(rows) > 5000


def test_the_time_on_task_of_every_learner_course_and_day(home, said, by_hand):
    day = "cast(date_diff('day', date '1970-01-01', activity_date) as bigint)"
    rows = home.marts(
        f"select place_key, {day}, acts, seconds_5_minute_timeout, seconds_30_minute_timeout "
        "from course_activity.fct_time_on_task"
    )
    assert Counter(rows) == Counter((*where[1:], *counted) for where, counted in by_hand.time.items())
    assert len(rows) > 7000


def test_the_labels_of_every_learner_course_and_day(home, said, by_hand):
    day = "cast(date_diff('day', date '1970-01-01', activity_date) as bigint)"
    rows = home.marts(
        f"select place_key, {day}, active_acts, attempted_problem_acts, posted_forum_acts, played_video_acts "
        "from course_activity.fct_course_activity_daily"
    )
    of_log = Counter(
        (*where[1:], acts["ACTIVE"], acts["ATTEMPTED_PROBLEM"], acts["POSTED_FORUM"], 0)
        for where, acts in by_hand.labels.items()
    )
    assert Counter(rows) == of_log
    assert sum(row[3] for row in rows) > 3000
    assert sum(row[4] for row in rows) > 2000


def test_learners_of_a_day_are_those_of_attendance(home, said):
    """They are counted from the log by two ways."""
    active = (
        "select activity_date, count(distinct person_key) as learners "
        "from course_activity.fct_course_activity_daily group by activity_date"
    )
    different = home.marts(
        f"select activity_date from course_activity.attendance_daily as a full join ({active}) as d "
        "using (activity_date) where a.learners <> coalesce(d.learners, 0)"
    )
    assert different == []


def test_every_post_of_a_learner(home, said, moodle_server):
    marts = comparable(home.marts(POSTS_OF_MARTS))
    assert marts == comparable(moodle_server.execute(POSTS, "moodle"))
    assert marts.total() > 1000
