-- The same of marts of videos and problems; after course_activity.sql, which makes the schema.
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
