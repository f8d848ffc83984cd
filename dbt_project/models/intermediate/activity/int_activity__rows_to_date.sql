-- Up to the clock: a day that it passes, or falls back behind, changes as one does whose acts change.
with stretches as (
    select * from {{ ref('int_activity__stretches_unioned') }}
),

sessions as (
    select * from {{ ref('int_activity__sessions_joined') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

unioned as (
    select
        platform,
        activity_date,
        row_hash
    from stretches
    union all
    select
        platform,
        activity_date,
        row_hash
    from sessions
),

final as (
    select
        unioned.platform,
        unioned.activity_date,
        unioned.row_hash
    from unioned
    inner join run_clock on unioned.activity_date <= run_clock.as_of_date
    where unioned.activity_date >= cast('{{ var('calendar_starts_on') }}' as date)
)

select * from final
