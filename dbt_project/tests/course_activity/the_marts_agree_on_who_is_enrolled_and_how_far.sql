{# What: people and courses that only one of course_enrolments and moodle_completions has as enrolled, or on
   whose grade, completion or last activity the two differ. When: always a fault of our SQL. Resolve: both read
   the same int_course_activity models; the one that does not is wrong. #}
{{ config(enabled=platform_enabled('moodle')) }}

with enrolments as (
    select * from {{ ref('course_enrolments') }}
    where platform = 'moodle'
),

completions as (
    select * from {{ ref('moodle_completions') }}
    where is_enrolled = {{ bool(true) }}
)

select
    coalesce(enrolments.person_key, completions.person_key) as person_key,
    coalesce(enrolments.course_run_key, completions.course_run_key) as course_run_key
from enrolments
full outer join completions
    on enrolments.person_key = completions.person_key
    and enrolments.course_run_key = completions.course_run_key
where
    enrolments.person_key is null
    or completions.person_key is null
    or enrolments.account_key <> completions.account_key
    or enrolments.is_completed <> completions.is_completed
    or coalesce(enrolments.grade_percent, -1) <> coalesce(completions.grade_percent, -1)
    or coalesce(enrolments.last_active_at, enrolments.enrolled_at)
    <> coalesce(completions.last_active_at, enrolments.enrolled_at)
