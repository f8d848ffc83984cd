{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='activity_date',
    partition_source='moodle.mdl_logstore_standard_log',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the log alone: who is a learner and which course exists can change without a change in the log, and
-- is therefore asked by the models above this one.
with log_events as (
    select * from {{ ref('stg_moodle__log_events') }}
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
        course_id,
        occurred_on as activity_date,
        count(*) as events,
        cast(sum(case when education_level = 2 then 1 else 0 end) as bigint) as participating_events,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from log_events
    where
        {{ moodle_own_act() }}
        {%- if is_incremental() %}
        and occurred_on in (select partition_date from touched_days)
        {%- endif %}
    group by instance, user_id, course_id, occurred_on
)

select * from final
