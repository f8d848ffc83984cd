with people as (
    select * from {{ ref('int_course_activity__classroom_people_placed') }}
),

lessons as (
    select * from {{ ref('stg_classroom__lessons') }}
    where is_published = {{ bool(true) }}
),

progress as (
    select * from {{ ref('stg_classroom__progress') }}
    where lower(status) = 'completed'
),

published_counts as (
    select
        instance,
        class_id,
        count(*) as lessons_published
    from lessons
    group by instance, class_id
),

completed_counts as (
    select
        progress.instance,
        progress.user_id,
        lessons.class_id,
        count(*) as lessons_completed,
        max(coalesce(progress.completed_at, progress.last_activity_at)) as last_completed_at
    from progress
    inner join lessons
        on progress.instance = lessons.instance
        and progress.lesson_id = lessons.lesson_id
    group by progress.instance, progress.user_id, lessons.class_id
),

counted as (
    select
        people.person_key,
        people.course_run_key,
        coalesce(published_counts.lessons_published, 0) as lessons_published,
        coalesce(completed_counts.lessons_completed, 0) as lessons_completed,
        case
            when completed_counts.lessons_completed = published_counts.lessons_published
                then completed_counts.last_completed_at
        end as completed_at
    from people
    left join published_counts
        on people.instance = published_counts.instance
        and people.class_id = published_counts.class_id
    left join completed_counts
        on people.instance = completed_counts.instance
        and people.user_id = completed_counts.user_id
        and people.class_id = completed_counts.class_id
),

final as (
    select
        *,
        {{ flag('lessons_completed > 0 and lessons_completed = lessons_published') }} as is_completed,
        {{ progress_percent('lessons_completed', 'lessons_published', 'completed_at') }} as progress_percent
    from counted
)

select * from final
