{{ config(materialized='table') }}

with people as (
    select * from {{ ref('int_course_activity__classroom_people_placed') }}
),

progress as (
    select * from {{ ref('int_course_activity__classroom_progress_measured') }}
),

grades as (
    select * from {{ ref('int_course_activity__classroom_grades_averaged') }}
),

last_activity as (
    select * from {{ ref('int_course_activity__classroom_last_activity_found') }}
),

final as (
    select
        'classroom' as platform,
        people.instance,
        people.person_key,
        people.user_id as account_key,
        people.course_run_key,
        'learner' as role,
        people.status,
        cast(null as {{ t_text(20) }}) as mode,
        cast(null as {{ t_timestamp() }}) as mode_since,
        grades.grade_percent,
        progress.progress_percent,
        progress.is_completed,
        people.joined_at as enrolled_at,
        people.joined_at as starts_at,
        people.left_at as ends_at,
        last_activity.last_active_at,
        progress.completed_at
    from people
    inner join progress
        on people.person_key = progress.person_key
        and people.course_run_key = progress.course_run_key
    left join grades
        on people.instance = grades.instance
        and people.user_id = grades.user_id
        and people.class_id = grades.class_id
    left join last_activity
        on people.instance = last_activity.instance
        and people.user_id = last_activity.user_id
        and people.class_id = last_activity.class_id
)

select * from final
