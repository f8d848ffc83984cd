{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='activity_date',
    partition_source='moodle.mdl_logstore_standard_log',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the log alone: who is a learner, and what an act counts as, can change without a change in the log.
with acts as (
    select * from {{ ref('int_activity__moodle_acts') }}
    {%- if is_incremental() %}
    where activity_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
    {%- endif %}
),

{{ activity_stretches('acts') }},

final as (
    select * from stretches
)

select * from final
