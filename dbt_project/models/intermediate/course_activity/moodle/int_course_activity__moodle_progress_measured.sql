with people as (
    select * from {{ ref('int_course_activity__moodle_people_placed') }}
),

courses as (
    select * from {{ ref('int_course_activity__moodle_courses_described') }}
    where is_completion_tracked = {{ bool(true) }}
),

tracked_activities as (
    select * from {{ ref('int_course_activity__moodle_activities_placed') }}
    where is_completion_tracked = {{ bool(true) }}
),

activity_completions as (
    select * from {{ ref('stg_moodle__course_module_completions') }}
    where is_completed = {{ bool(true) }}
),

course_completions as (
    select * from {{ ref('stg_moodle__course_completions') }}
),

tracked_counts as (
    select
        courses.instance,
        courses.course_id,
        count(*) as activities_tracked
    from courses
    inner join tracked_activities
        on courses.instance = tracked_activities.instance
        and courses.course_id = tracked_activities.course_id
    group by courses.instance, courses.course_id
),

completed_counts as (
    select
        activity_completions.instance,
        activity_completions.user_id,
        tracked_activities.course_id,
        count(*) as activities_completed
    from activity_completions
    inner join tracked_activities
        on activity_completions.instance = tracked_activities.instance
        and activity_completions.course_module_id = tracked_activities.course_module_id
    inner join tracked_counts
        on tracked_activities.instance = tracked_counts.instance
        and tracked_activities.course_id = tracked_counts.course_id
    group by activity_completions.instance, activity_completions.user_id, tracked_activities.course_id
),

counted as (
    select
        people.person_key,
        people.course_run_key,
        coalesce(tracked_counts.activities_tracked, 0) as activities_tracked,
        coalesce(completed_counts.activities_completed, 0) as activities_completed,
        course_completions.completed_at
    from people
    left join tracked_counts
        on people.instance = tracked_counts.instance
        and people.course_id = tracked_counts.course_id
    left join completed_counts
        on people.instance = completed_counts.instance
        and people.user_id = completed_counts.user_id
        and people.course_id = completed_counts.course_id
    left join course_completions
        on people.instance = course_completions.instance
        and people.user_id = course_completions.user_id
        and people.course_id = course_completions.course_id
),

final as (
    select
        *,
        {{ progress_percent('activities_completed', 'activities_tracked', 'completed_at') }}
            as progress_percent
    from counted
)

select * from final
