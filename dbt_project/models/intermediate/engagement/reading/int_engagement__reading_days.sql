{{ config(materialized='table') }}

-- Built whole: a new version of an item may take acts away from a day that it does not name (decision 034).
with acts as (
    select * from {{ ref('int_activity__reading_acts') }}
),

final as (
    select
        instance,
        account_id,
        activity_date,
        count(*) as activities,
        max(occurred_at) as last_activity_at
    from acts
    group by instance, account_id, activity_date
)

select * from final
