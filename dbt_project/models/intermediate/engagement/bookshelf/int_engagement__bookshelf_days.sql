{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='activity_date',
    partition_source='bookshelf.ReadingSessions',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the sessions alone: who counts can change without a session, and is asked by the models above.
with reading_sessions as (
    select * from {{ ref('stg_bookshelf__reading_sessions') }}
),
{%- if is_incremental() %}

touched_days as (
    select touched.partition_date
    from ({{ touched_partitions() }}) as touched
),
{%- endif %}

final as (
    select
        instance,
        account_id,
        cast(started_at as date) as activity_date,
        count(*) as activities,
        max(started_at) as last_activity_at
    from reading_sessions
    where
        account_id is not null
        and started_at is not null
        {%- if is_incremental() %}
        and cast(started_at as date) in (select partition_date from touched_days)
        {%- endif %}
    group by instance, account_id, cast(started_at as date)
)

select * from final
