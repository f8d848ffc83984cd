"""Posts that scenarios of edX tell, as a snapshot brings them, and what the activity marts say of learners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ACCOUNT = "regexp_extract(m.person_key, '[^:-]+$')"
RUN = "replace(translate(r.short_name, '+@', '--'), 'UniX-', '')"
OF_RUN = "JOIN core.dim_course_runs r ON r.course_run_key = m.course_run_key"
# expected file → query of the same columns
FOUND = {
    "expected_activity": f"""
        SELECT {ACCOUNT}, {RUN}, m.activity_date, m.active_acts, m.played_video_acts, m.attempted_problem_acts,
            m.posted_forum_acts
        FROM course_activity.fct_course_activity_daily m {OF_RUN}
    """,
    "expected_sessions": f"""
        SELECT {ACCOUNT}, m.platform, m.session_date, m.session_seconds, m.acts, m.courses_visited
        FROM course_activity.fct_sessions m
    """,
    "expected_time": f"""
        SELECT {ACCOUNT}, {RUN}, m.activity_date, m.acts, m.seconds_5_minute_timeout, m.seconds_30_minute_timeout
        FROM course_activity.fct_time_on_task m {OF_RUN}
    """,
    "expected_posts": f"""
        SELECT {ACCOUNT}, {RUN}, m.forum_post_id, m.parent_forum_post_id, m.forum_discussion_id, m.posted_on, m.is_reply
        FROM course_activity.fct_forum_posts m {OF_RUN}
    """,
    "expected_feedback": f"""
        SELECT {ACCOUNT}, {RUN}, m.week_starts_on, m.is_current_week, m.active_acts, m.played_video_acts,
            m.attempted_problem_acts, m.posted_forum_acts, m.days_with_activity, m.sessions, m.minutes_5_minute_timeout,
            m.minutes_30_minute_timeout, m.last_seen_on, m.days_since_last_seen, m.current_status, m.current_mode,
            m.current_progress_percent, m.current_grade_percent, m.is_completed_now
        FROM course_activity.learning_feedback m {OF_RUN}
    """,
    "expected_upgrades": f"""
        SELECT {ACCOUNT}, {RUN}, m.programme_id, m.required_mode, m.enrolment_mode, round(m.grade_percent, 6),
            m.passed_at, m.qualifies_by_upgrading
        FROM course_activity.passed_in_wrong_mode m {OF_RUN}
    """,
}


def posts(rows: Iterable[Mapping[str, str]], course_ids: Mapping[str, str]) -> list[dict[str, str]]:
    """Rows of the forum's file; a post without a thread begins one."""
    return [
        {"_instance": "edx", "_entity": f"UniX-{row['run']}", "course_id": course_ids[row["run"]], "_id": row["post"],
         "author_id": f"k:{row['learner']}", "type": "Comment" if "thread" in row else "CommentThread",
         "created_at": row["at"],
         **({"comment_thread_id": row["thread"]} if "thread" in row else {}),
         **({"parent_id": row["parent"]} if "parent" in row else {})}
        for row in rows
    ]  # fmt: skip


def forum_snapshots(runs: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {"_instance": "edx", "_entity": f"UniX-{run['run']}", "table_name": "forum",
         "snapshot_date": run["snapshot"], "file_key": "unix.zip", "row_count": "1"}
        for run in runs
    ]  # fmt: skip
