{# What: enrolments of learners with a student's role on a course that exists, whose person and course are
   missing from course_enrolments, and rows of course_enrolments that have no such enrolment. When: always a
   fault of our SQL, never of the data. Resolve: follow instance, account and course through
   int_course_activity. #}
{{ config(enabled=platform_enabled('moodle')) }}

with user_enrolments as (
    select * from {{ ref('stg_moodle__user_enrolments') }}
),

methods as (
    select * from {{ ref('stg_moodle__enrolment_methods') }}
),

learners as (
    select * from {{ ref('int_course_activity__moodle_learners_selected') }}
),

student_roles as (
    select * from {{ ref('int_course_activity__moodle_student_roles_collapsed') }}
),

course_runs as (
    select * from {{ ref('dim_course_runs') }}
    where platform = 'moodle'
),

mart_rows as (
    select
        person_key,
        course_run_key
    from {{ ref('course_enrolments') }}
    where platform = 'moodle'
),

expected_rows as (
    select distinct
        learners.person_key,
        course_runs.course_run_key
    from user_enrolments
    inner join methods
        on user_enrolments.instance = methods.instance
        and user_enrolments.enrolment_method_id = methods.enrolment_method_id
    inner join learners
        on user_enrolments.instance = learners.instance
        and user_enrolments.user_id = learners.user_id
    inner join student_roles
        on user_enrolments.instance = student_roles.instance
        and user_enrolments.user_id = student_roles.user_id
        and methods.course_id = student_roles.course_id
    inner join course_runs
        on methods.instance = course_runs.instance
        and {{ joined(['methods.course_id']) }} = course_runs.course_id
)

select
    coalesce(expected_rows.person_key, mart_rows.person_key) as person_key,
    coalesce(expected_rows.course_run_key, mart_rows.course_run_key) as course_run_key
from expected_rows
full outer join mart_rows
    on expected_rows.person_key = mart_rows.person_key
    and expected_rows.course_run_key = mart_rows.course_run_key
where expected_rows.person_key is null or mart_rows.person_key is null
