with acts as (
    select * from {{ ref('int_edx__enrolment_acts') }}
),

-- A line that is in the files of two days, with a time that neither can have, is in two partitions.
once as (
    select
        instance,
        user_id,
        course_key,
        occurred_at,
        act,
        mode,
        min(event_date) as event_date,
        min(happened_at) as happened_at,
        max(course_id) as course_id
    from acts
    group by instance, user_id, course_key, occurred_at, act, mode
),

-- edX's own order: by time, then by the name of the act, then by mode.
final as (
    select
        *,
        row_number() over (
            partition by instance, user_id, course_key order by happened_at, act, mode, occurred_at
        ) as act_number
    from once
)

select * from final
