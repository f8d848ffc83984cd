{{ config(
    materialized='incremental',
    incremental_strategy='replace_partitions',
    partition_column='activity_date',
    partition_source='bookshelf.ReadingSessions',
    post_hook="{{ remember_partitions() }}"
) }}

-- Reads the sessions alone; reading over midnight belongs to the day it began, as its row does.
with acts as (
    select * from {{ ref('int_activity__bookshelf_acts') }}
    {%- if is_incremental() %}
    where activity_date in (select touched.partition_date from ({{ touched_partitions() }}) as touched)
    {%- endif %}
),

{{ activity_stretches('acts') }},

final as (
    select * from stretches
)

select * from final
