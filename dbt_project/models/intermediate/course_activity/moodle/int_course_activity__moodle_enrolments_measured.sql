{{ config(materialized='table') }}

with people as (
    select * from {{ ref('int_course_activity__moodle_people_placed') }}
    where is_enrolled = {{ bool(true) }}
),

progress as (
    select * from {{ ref('int_course_activity__moodle_progress_measured') }}
),

grades as (
    select * from {{ ref('int_course_activity__moodle_course_grades_picked') }}
),

last_activity as (
    select * from {{ ref('int_course_activity__moodle_last_activity_found') }}
),

final as (
    select
        'moodle' as platform,
        people.instance,
        people.person_key,
        people.user_id as account_key,
        people.course_run_key,
        'learner' as role,
        people.status,
        people.method as mode,
        cast(null as {{ t_timestamp() }}) as mode_since,
        grades.grade_percent,
        progress.progress_percent,
        {{ flag('progress.completed_at is not null') }} as is_completed,
        people.enrolled_at,
        people.starts_at,
        people.ends_at,
        last_activity.last_active_at,
        progress.completed_at
    from people
    left join progress
        on people.person_key = progress.person_key
        and people.course_run_key = progress.course_run_key
    left join grades
        on people.instance = grades.instance
        and people.user_id = grades.user_id
        and people.course_id = grades.course_id
    left join last_activity
        on people.instance = last_activity.instance
        and people.user_id = last_activity.user_id
        and people.course_id = last_activity.course_id
)

select * from final
