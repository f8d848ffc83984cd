{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='event_date',
    partition_source='edx.tracking_events',
    post_hook="{{ remember_partitions() }}"
) }}

with events as (
    select * from {{ ref('stg_edx__events') }}
    {%- if is_incremental() %}
    where event_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
    {%- endif %}
),

-- An app sends days later what it logged, so its events do not show that the day's file is there.
final as (
    select
        instance,
        event_date,
        cast(count(*) as bigint) as events
    from events
    where event_source = 'server'
    group by instance, event_date
)

select * from final
