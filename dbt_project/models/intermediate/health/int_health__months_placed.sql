{{ config(materialized='table') }}

with dates as (
    select * from {{ ref('dim_dates') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- Where nobody has entered the holidays of a year, weekdays count, those of August too.
counted as (
    select
        dates.month_starts_on as month,
        sum(
            case
                when dates.is_weekend = {{ bool(true) }} or dates.is_school_holiday = {{ bool(true) }} then 0
                else 1
            end
        ) as school_days,
        sum(case when dates.is_school_holiday is null then 1 else 0 end) as days_not_known
    from dates
    cross join run_clock
    where dates.month_starts_on <= run_clock.last_complete_month
    group by dates.month_starts_on
),

judged as (
    select
        counted.*,
        {{ is_term_time('school_days') }} as in_term_time
    from counted
),

final as (
    select
        month,
        {{ month_end('month') }} as month_end,
        cast(school_days as bigint) as school_days,
        {{ flag('days_not_known = 0') }} as are_holidays_known,
        {{ flag('in_term_time = 1') }} as is_term_time,
        -- Of a month of holidays: that of the last month of school before it.
        cast(sum(in_term_time) over (order by month rows unbounded preceding) as bigint) as term_month_number
    from judged
)

select * from final
