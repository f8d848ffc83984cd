{{ config(materialized='view') }}

with moodle_people as (
    select * from {{ ref('int_course_activity__moodle_people_placed') }}
    where is_enrolled = {{ bool(true) }}
),

moodle_progress as (
    select * from {{ ref('int_course_activity__moodle_progress_measured') }}
),

moodle_grades as (
    select * from {{ ref('int_course_activity__moodle_course_grades_picked') }}
),

moodle_activity as (
    select * from {{ ref('int_course_activity__moodle_last_activity_found') }}
),

moodle_enrolments as (
    select
        'moodle' as platform,
        moodle_people.instance,
        moodle_people.person_key,
        moodle_people.user_id as account_key,
        moodle_people.course_run_key,
        'learner' as role,
        moodle_people.status,
        moodle_people.method as mode,
        moodle_grades.grade_percent,
        moodle_progress.progress_percent,
        {{ flag('moodle_progress.completed_at is not null') }} as is_completed,
        moodle_people.enrolled_at,
        moodle_people.starts_at,
        moodle_people.ends_at,
        moodle_activity.last_active_at,
        moodle_progress.completed_at
    from moodle_people
    left join moodle_progress
        on moodle_people.person_key = moodle_progress.person_key
        and moodle_people.course_run_key = moodle_progress.course_run_key
    left join moodle_grades
        on moodle_people.instance = moodle_grades.instance
        and moodle_people.user_id = moodle_grades.user_id
        and moodle_people.course_id = moodle_grades.course_id
    left join moodle_activity
        on moodle_people.instance = moodle_activity.instance
        and moodle_people.user_id = moodle_activity.user_id
        and moodle_people.course_id = moodle_activity.course_id
)

select * from moodle_enrolments
