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

create table course_activity.learner_grades as
select
    person_key, account_key, grade_percent, 'Pass' as letter_grade, true as is_passing, timestamp '2026-05-01' as passed_at,
    timestamp '2026-05-02' as graded_at
from course_activity.course_enrolments;

create table course_activity.certificates as
select
    person_key, account_key, 'downloadable' as certificate_status, 'verified' as mode, true as is_earned,
    timestamp '2026-05-01' as earned_at, timestamp '2026-06-01' as modified_at
from course_activity.course_enrolments;

create table course_activity.programme_progress as
select
    'leading' as programme_id, person_key, 3 as courses, 2 as courses_needed, 1 as courses_enrolled, 2 as courses_passed,
    0 as courses_passed_in_wrong_mode, 0 as courses_awaiting_certificate, true as is_completed,
    date '2026-06-01' as completed_on, timestamp '2025-09-01' as first_enrolled_at
from course_activity.course_enrolments;

create table course_activity.capstone_eligibility as
select
    'leading' as programme_id, person_key, courses_passed, courses_needed, true as is_eligible,
    date '2026-05-01' as eligible_on, true as is_enrolled_in_capstone, cast(null as varchar) as why_not_eligible
from course_activity.programme_progress;

create table course_activity.fct_course_activity_daily as
select
    person_key, date '2026-06-01' as activity_date, cast(5 as bigint) as active_acts, cast(1 as bigint) as played_video_acts,
    cast(2 as bigint) as attempted_problem_acts, cast(1 as bigint) as posted_forum_acts
from course_activity.course_enrolments;

create table course_activity.fct_course_activity_weekly as
select 'ACTIVE' as label, date '2026-07-06' + 7 * cast(n as integer) as week_starts_on, 4 as learners, 9 as acts
from range(2) as weeks(n);

create table course_activity.fct_sessions as
select
    'moodle' as platform, person_key, account_key, date '2026-06-01' as session_date, timestamp '2026-06-01 10:00:00' as started_at,
    timestamp '2026-06-01 10:20:00' as ended_at, cast(1200 as bigint) as session_seconds, cast(7 as bigint) as acts
from course_activity.course_enrolments;

create table course_activity.fct_time_on_task as
select
    person_key, date '2026-06-01' as activity_date, cast(7 as bigint) as acts, cast(300 as bigint) as seconds_5_minute_timeout,
    cast(1200 as bigint) as seconds_30_minute_timeout
from course_activity.course_enrolments;

create table course_activity.fct_forum_posts as
select person_key, account_key, 'general' as forum_type, date '2026-06-01' as posted_on, cast(20 as bigint) as word_count
from course_activity.course_enrolments;

create table course_activity.fct_video_views as
select
    person_key, account_key, date '2026-06-01' as viewed_on, 'pause_video' as ended_by, cast(5 as double) as from_seconds,
    cast(20 as double) as to_seconds, cast(15 as double) as viewed_seconds, cast(60 as double) as video_seconds
from course_activity.course_enrolments;

create table course_activity.video_segments as
select cast(n as bigint) as segment, cast(2 as bigint) as users, cast(3 as bigint) as views
from range(2) as segments(n);

create table course_activity.fct_problem_attempts as
select
    'edx' as platform, person_key, account_key, date '2026-06-01' as attempted_on, 'correct' as outcome,
    cast(100 as double) as attempt_score_percent
from course_activity.course_enrolments;

create table course_activity.problem_answers as
select 'choice_1|choice_2' as answer, cast(1 as bigint) as first_answers, cast(2 as bigint) as last_answers
from range(2) as answers(n);

create table course_activity.problem_tags as
select 'difficulty' as tag_name, 'Hard' as tag_value, cast(9 as bigint) as submissions, cast(4 as bigint) as correct_submissions
from range(2) as tags(n);

create table course_activity.problem_grades as
select cast(1 as double) as points_earned, cast(7 as bigint) as learners
from range(2) as grades(n);

create table course_activity.sequence_opens as
select cast(7 as bigint) as learners
from range(2) as sequences(n);
