{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='activity_date',
    partition_source='classroom.logins',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the logins alone: who counts can change without a login, and is asked by the models above.
with logins as (
    select * from {{ ref('stg_classroom__logins') }}
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
        user_id,
        cast(logged_in_at as date) as activity_date,
        count(*) as activities,
        max(logged_in_at) as last_activity_at
    from logins
    where
        user_id is not null
        and logged_in_at is not null
        {%- if is_incremental() %}
        and cast(logged_in_at as date) in (select partition_date from touched_days)
        {%- endif %}
    group by instance, user_id, cast(logged_in_at as date)
)

select * from final
