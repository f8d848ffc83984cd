with scores as (
    select * from {{ ref('stg_classroom__scores') }}
),

progress as (
    select * from {{ ref('stg_classroom__progress') }}
),

points as (
    select * from {{ ref('stg_classroom__points') }}
    where
        class_id is not null
        and points > 0
),

lessons as (
    select * from {{ ref('stg_classroom__lessons') }}
),

on_lessons as (
    select
        instance,
        user_id,
        lesson_id,
        submitted_at as seen_at
    from scores
    union all
    select
        instance,
        user_id,
        lesson_id,
        last_activity_at as seen_at
    from progress
),

-- A login is into the platform, not into a class.
seen as (
    select
        on_lessons.instance,
        on_lessons.user_id,
        lessons.class_id,
        on_lessons.seen_at
    from on_lessons
    inner join lessons
        on on_lessons.instance = lessons.instance
        and on_lessons.lesson_id = lessons.lesson_id
    union all
    select
        instance,
        user_id,
        class_id,
        awarded_at as seen_at
    from points
),

final as (
    select
        instance,
        user_id,
        class_id,
        max(seen_at) as last_active_at
    from seen
    group by instance, user_id, class_id
)

select * from final
