{{ config(materialized='table') }}

with value_periods as (
    select * from {{ ref('int_subscriptions__value_periods') }}
),

dates as (
    select * from {{ ref('dim_dates') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

months as (
    select
        dates.date_day as month,
        {{ month_end('dates.date_day') }} as month_end
    from dates
    cross join run_clock
    where dates.date_day = dates.month_starts_on
        and dates.date_day <= run_clock.last_complete_month
),

final as (
    select
        value_periods.school_key,
        value_periods.product_key,
        value_periods.currency,
        months.month,
        cast(sum(value_periods.annual_value) as decimal(18, 2)) as value,
        cast(coalesce(sum(value_periods.seats), 0) as bigint) as seats
    from value_periods
    inner join months
        on value_periods.valid_from <= months.month_end
        and value_periods.valid_to >= months.month_end
    where value_periods.annual_value > 0
    group by
        value_periods.school_key,
        value_periods.product_key,
        value_periods.currency,
        months.month
)

select * from final
