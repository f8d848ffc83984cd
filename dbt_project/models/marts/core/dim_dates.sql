with run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

school_holidays as (
    select * from {{ ref('school_holidays') }}
),

digits as (
    {% for digit in range(10) -%}
    select {{ digit }} as digit {{ 'union all' if not loop.last }}
    {% endfor %}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

days as (
    select {{ add_days("cast('" ~ var('calendar_starts_on') ~ "' as date)", 'numbers.number') }} as date_day
    from numbers
),

dated as (
    select
        days.date_day,
        {{ academic_year_starts_on('days.date_day') }} as academic_year_starts_on,
        {{ day_diff("cast('1900-01-01' as date)", 'days.date_day') }} % 7 as days_since_monday
    from days
    cross join run_clock
    where days.date_day <= {{ add_months('run_clock.as_of_date', 12) }}
),

placed as (
    select
        date_day,
        academic_year_starts_on,
        days_since_monday,
        {{ month_diff('academic_year_starts_on', 'date_day') }} + 1 as academic_month
    from dated
),

known_years as (
    select distinct {{ academic_year_starts_on('starts_on') }} as academic_year_starts_on
    from school_holidays
),

final as (
    select
        placed.date_day,
        {{ month_start('placed.date_day') }} as month_starts_on,
        {{ add_days('placed.date_day', '-placed.days_since_monday') }} as week_starts_on,
        placed.days_since_monday + 1 as day_of_week,
        {{ academic_year('placed.date_day') }} as academic_year,
        placed.academic_year_starts_on,
        placed.academic_month,
        case
            when placed.academic_month <= 4 then 'autumn'
            when placed.academic_month <= 7 then 'spring'
            else 'summer'
        end as term,
        {{ flag('placed.days_since_monday >= 5') }} as is_weekend,
        case
            when known_years.academic_year_starts_on is not null
                then {{ flag('school_holidays.holiday is not null') }}
        end as is_school_holiday,
        school_holidays.holiday
    from placed
    left join known_years on placed.academic_year_starts_on = known_years.academic_year_starts_on
    left join school_holidays
        on placed.date_day >= school_holidays.starts_on and placed.date_day <= school_holidays.ends_on
)

select * from final
