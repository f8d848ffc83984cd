{# What: enrolments of accounts that may learn, outside the team of the run, whose person and course run are
   missing from course_enrolments, and rows of course_enrolments without such an enrolment. When: always a
   fault of our SQL, never of the data. Resolve: follow instance, account and course through int_edx. #}
{{ config(enabled=platform_enabled('edx')) }}

with enrolments as (
    select * from {{ ref('stg_edx__enrollments') }}
),

accounts as (
    select * from {{ ref('int_people__accounts') }}
    where
        platform = 'edx'
        and account_kind = 'learner'
),

course_staff as (
    select * from {{ ref('int_edx__course_staff') }}
),

course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
),

mart_rows as (
    select
        person_key,
        course_run_key
    from {{ ref('course_enrolments') }}
    where platform = 'edx'
),

expected_rows as (
    select distinct
        accounts.person_key,
        course_runs.course_run_key
    from enrolments
    inner join accounts
        on enrolments.instance = accounts.instance
        and enrolments.user_id = accounts.account_id
    inner join course_runs
        on enrolments.instance = course_runs.instance
        and enrolments.entity = course_runs.entity
    left join course_staff
        on enrolments.instance = course_staff.instance
        and enrolments.entity = course_staff.entity
        and enrolments.user_id = course_staff.user_id
    where course_staff.user_id is null
)

select
    coalesce(expected_rows.person_key, mart_rows.person_key) as person_key,
    coalesce(expected_rows.course_run_key, mart_rows.course_run_key) as course_run_key
from expected_rows
full outer join mart_rows
    on expected_rows.person_key = mart_rows.person_key
    and expected_rows.course_run_key = mart_rows.course_run_key
where expected_rows.person_key is null or mart_rows.person_key is null
