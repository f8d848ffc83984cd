{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='event_date',
    partition_source='edx.tracking_events',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the logs alone: which posts a snapshot has can change without a change in the logs.
with forum_events as (
    select * from {{ ref('stg_edx__forum_events') }}
    where
        act like 'edx.forum.%.created'
        and event_source = 'server'
        and user_id is not null
        and post_id is not null
        and cast(occurred_at as date) = event_date
        {%- if is_incremental() %}
        and event_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
        {%- endif %}
),

final as (
    select
        instance,
        event_date,
        line_hash,
        file_key,
        course_key,
        post_id,
        thread_id,
        parent_id,
        topic_id,
        user_id,
        occurred_at
    from forum_events
)

select * from final
