with activity_days as (
    select * from {{ ref('int_course_activity__moodle_days') }}
),

course_accesses as (
    select * from {{ ref('stg_moodle__course_accesses') }}
),

-- The log can be purged or kept elsewhere, and the access mark goes with the enrolment: the later one tells.
seen as (
    select
        instance,
        user_id,
        course_id,
        last_event_at as seen_at,
        1 as active_days
    from activity_days
    union all
    select
        instance,
        user_id,
        course_id,
        last_accessed_at as seen_at,
        0 as active_days
    from course_accesses
),

final as (
    select
        instance,
        user_id,
        course_id,
        max(seen_at) as last_active_at,
        cast(sum(active_days) as bigint) as active_days
    from seen
    group by instance, user_id, course_id
)

select * from final
