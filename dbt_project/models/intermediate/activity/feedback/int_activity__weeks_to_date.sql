with run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

begun as (
    select distinct
        dates.week_starts_on,
        {{ add_days('dates.week_starts_on', 6) }} as week_ends_on,
        run_clock.as_of_date
    from {{ ref('dim_dates') }} as dates
    inner join run_clock on dates.week_starts_on <= run_clock.as_of_date
),

activity as (
    select
        week_starts_on,
        sum(cast(row_hash as decimal(38, 0))) as hash_sum
    from {{ ref('int_activity__learner_weeks') }}
    group by week_starts_on
),

-- An act moves the day last seen on in later weeks, too. A week that is over is the same on every later day.
summed as (
    select
        begun.*,
        case when begun.week_ends_on >= begun.as_of_date then begun.as_of_date end as current_until,
        sum(activity.hash_sum) over (
            order by begun.week_starts_on
            rows between unbounded preceding and current row
        ) as hash_to_date
    from begun
    left join activity on begun.week_starts_on = activity.week_starts_on
),

final as (
    select
        week_starts_on,
        week_ends_on,
        as_of_date,
        {{ flag('current_until is not null') }} as is_current,
        {{ row_hash(['week_starts_on', 'current_until', 'hash_to_date']) }} as row_hash
    from summed
)

select * from final
