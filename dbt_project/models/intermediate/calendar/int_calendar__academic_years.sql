with dates as (
    select * from {{ ref('dim_dates') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

years as (
    select distinct
        academic_year,
        academic_year_starts_on as starts_on
    from dates
),

-- A year that is not over is looked at in the last complete month.
final as (
    select
        years.academic_year,
        years.starts_on,
        case
            when {{ add_months('years.starts_on', 11) }} <= run_clock.last_complete_month
                then {{ add_months('years.starts_on', 11) }}
            else run_clock.last_complete_month
        end as last_month,
        {{ flag(add_months('years.starts_on', 11) ~ ' <= run_clock.last_complete_month') }} as is_over,
        year(run_clock.academic_year_starts_on) - year(years.starts_on) as years_ago
    from years
    cross join run_clock
    where years.starts_on <= run_clock.last_complete_month
)

select * from final
