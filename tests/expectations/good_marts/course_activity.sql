-- The columns that the suites of these marts ask about, in order: two rows a mart as of 2026-07-31.
create schema course_activity;

create table course_activity.course_enrolments as
select
    concat('account:moodle:main:k1:', sha256(cast(n as varchar))) as person_key,
    concat('k1:', sha256(cast(n as varchar))) as account_key, 'active' as status, cast(88.5 as decimal(12, 2)) as grade_percent,
    cast(50 as decimal(12, 2)) as progress_percent, timestamp '2025-09-01' as enrolled_at, timestamp '2026-06-01' as last_active_at,
    cast(null as timestamp) as completed_at
from range(2) as people(n);

create table course_activity.moodle_completions as
select
    person_key, account_key, grade_percent, progress_percent, cast(70 as decimal(12, 2)) as quiz_grade_percent, 4 as activities_tracked,
    1 as quizzes, 2 as assignments, 1 as quiz_attempts, 9 as active_days, false as is_completed, completed_at,
    last_active_at
from course_activity.course_enrolments;

create table course_activity.attendance_daily as
select
    'classroom' as platform, date '2026-07-01' + cast(n as integer) as activity_date, 4 as learners, 1 as new_learners,
    9 as cumulative_learners, true as is_peak_day
from range(2) as days(n);

create table course_activity.attendance_weekly as
select 'classroom' as platform, date '2026-07-06' + 7 * cast(n as integer) as week_starts_on, 4 as learners
from range(2) as weeks(n);

create table course_activity.leaderboard as
select person_key, date '2026-07-01' as period_starts_on, 12 as points, 1 as points_rank, 2 as learners
from course_activity.course_enrolments;
