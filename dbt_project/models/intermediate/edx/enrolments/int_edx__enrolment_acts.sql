{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='event_date',
    partition_source='edx.tracking_events',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the logs alone: accounts, course runs and snapshots can change without a change in a log. A line that
-- stands in two files is of one day, so one act; acts of several days are put in order by their replay.
with events as (
    select * from {{ ref('stg_edx__enrolment_events') }}
    where
        act in (
            'edx.course.enrollment.activated',
            'edx.course.enrollment.deactivated',
            'edx.course.enrollment.mode_changed'
        )
        and user_id is not null
        and course_key is not null
        {%- if is_incremental() %}
        and event_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
        {%- endif %}
),

named as (
    select
        instance,
        user_id,
        lower(course_key) as course_key,
        course_id,
        event_date,
        -- a clock that cannot be right gives no order within the day either
        case
            when cast(occurred_at as date) = event_date then occurred_at
            else cast(event_date as {{ t_timestamp() }})
        end as happened_at,
        occurred_at,
        replace(act, 'edx.course.enrollment.', '') as act,
        coalesce(mode, 'unknown') as mode
    from events
),

final as (
    select
        instance,
        user_id,
        course_key,
        max(course_id) as course_id,
        event_date,
        happened_at,
        occurred_at,
        act,
        mode,
        cast(count(*) as bigint) as lines
    from named
    group by instance, user_id, course_key, event_date, happened_at, occurred_at, act, mode
)

select * from final
