{{ config(materialized='table') }}

-- Built whole: a new version of an item may take acts away from a day that it does not name (decision 034).
with acts as (
    select * from {{ ref('int_activity__reading_acts') }}
),

{{ activity_stretches('acts') }},

final as (
    select * from stretches
)

select * from final
