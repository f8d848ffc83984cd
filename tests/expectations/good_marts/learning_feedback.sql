-- As course_activity.sql, which comes before: the feed and the list for tutors.
create table course_activity.learning_feedback as
select
    person_key, account_key, date '2026-06-01' as week_starts_on, cast(5 as bigint) as active_acts,
    cast(1 as bigint) as played_video_acts, cast(1 as bigint) as attempted_problem_acts, cast(1 as bigint) as posted_forum_acts,
    cast(2 as bigint) as days_with_activity, cast(10 as double) as minutes_5_minute_timeout,
    cast(20 as double) as minutes_30_minute_timeout, cast(3 as bigint) as days_since_last_seen
from course_activity.course_enrolments;

create table course_activity.passed_in_wrong_mode as
select
    person_key, 'core' as role, cast(1 as bigint) as courses_passed_in_wrong_mode, timestamp '2026-05-01' as passed_at
from course_activity.course_enrolments;
