"""Lines of the logs that scenarios of edX tell, as they land, and what the marts of videos and problems say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

ACCOUNT = "replace(m.account_key, 'k:', '')"
RUN = "replace(translate(r.short_name, '+@', '--'), 'UniX-', '')"
OF_RUN = "JOIN core.dim_course_runs r ON r.course_run_key = m.course_run_key"
# expected file → query of the same columns
FOUND = {
    "expected_views": f"""
        SELECT {ACCOUNT}, {RUN}, m.video_id, m.viewed_on, m.ended_by, m.from_seconds, m.to_seconds, m.viewed_seconds,
            m.video_seconds
        FROM course_activity.fct_video_views m {OF_RUN}
    """,
    "expected_segments": f"""
        SELECT {RUN}, m.video_id, m.segment, m.users, m.views, m.video_seconds, m.is_length_known, m.users_at_start,
            m.users_at_end
        FROM course_activity.video_segments m {OF_RUN}
    """,
    "expected_attempts": f"""
        SELECT {ACCOUNT}, {RUN}, m.problem_id, m.attempted_on, m.attempt_number, m.outcome, m.points_earned,
            m.points_possible, m.attempt_score_percent, m.is_first_attempt, m.is_last_attempt
        FROM course_activity.fct_problem_attempts m {OF_RUN}
    """,
    "expected_answers": f"""
        SELECT {RUN}, m.problem_id, m.part_id, m.answer, m.is_correct, m.first_answers, m.last_answers
        FROM course_activity.problem_answers m {OF_RUN}
    """,
    "expected_tags": f"""
        SELECT {RUN}, m.problem_id, m.tag_name, m.tag_value, m.submissions, m.correct_submissions
        FROM course_activity.problem_tags m {OF_RUN}
    """,
}
SAME = {"act": "event_type", "block": "block_id", "length": "duration", "source": "event_source",
        "attempt": "attempts", "outcome": "success", "grade": "grade", "most": "max_grade",
        "answers": "answers", "tags": "tags", "post": "forum_id", "thread": "thread_id", "parent": "response_id",
        "family": "family"}  # fmt: skip


def tracking_events(
    rows: Iterable[Mapping[str, str]], course_ids: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """A line for each file that a row names, the same in all of them."""
    for row in rows:
        same = hashlib.sha256(repr(sorted(row.items())).encode()).digest()
        act = row.get("act", "")
        seeks = act == "seek_video"
        places = {"old_time" if seeks else "current_time": row.get("place"), "new_time": row.get("to")}
        line = {
            "_instance": "edx", "_offset": "0", "line_hash": str(int.from_bytes(same[:7])), "payload": "read",
            "time": row["at"], "event_date": row["at"][:10], "user_id": f"k:{row['learner']}",
            "course_id": course_ids[row["run"]], "family": "problem" if "problem" in act else "video",
            **{column: row[name] for name, column in SAME.items() if name in row},
            **{column: place for column, place in places.items() if place},
        }  # fmt: skip
        yield from (line | {"_file_key": file} for file in row["files"].split("+"))
