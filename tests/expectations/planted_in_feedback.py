"""What is planted in the good feed and list for tutors, as in `planted_violations`."""

from __future__ import annotations

from expectations.results import FAIL, WARN

PLANTED_IN_FEEDBACK = [
    ("course_activity.learning_feedback", "account_key = '77'", "pseudonyms", "account_key", FAIL),
    ("course_activity.learning_feedback", "days_with_activity = 8", "more_days_than_a_week_has", None, FAIL),
    ("course_activity.learning_feedback", "days_since_last_seen = -1", "seen_after_the_week", None, FAIL),
    (
        "course_activity.learning_feedback",
        "minutes_30_minute_timeout = 5",
        "more_minutes_of_the_strict_time_out",
        None,
        FAIL,
    ),
    (
        "course_activity.learning_feedback",
        "week_starts_on = date '2026-08-03'",
        "not_in_the_future",
        None,
        FAIL,
    ),
    ("course_activity.passed_in_wrong_mode", "person_key = 'Ada'", "pseudonyms", "person_key", FAIL),
    (
        "course_activity.passed_in_wrong_mode",
        "courses_passed_in_wrong_mode = 0",
        "nothing_in_the_wrong_mode",
        None,
        FAIL,
    ),
    (
        "course_activity.passed_in_wrong_mode",
        "passed_at = timestamp '2026-08-02'",
        "not_in_the_future",
        None,
        WARN,
    ),
]
