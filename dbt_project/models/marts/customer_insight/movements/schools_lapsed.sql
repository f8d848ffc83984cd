{{ config(materialized='view') }}

with movements as (
    select * from {{ ref('fct_customer_movements') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

years as (
    select distinct
        movements.academic_year,
        {{ academic_year_starts_on('movements.month') }} as starts_on,
        run_clock.last_complete_month,
        run_clock.academic_year_starts_on as current_year_starts_on
    from movements
    cross join run_clock
),

-- A year that is not over is looked at in the last complete month.
year_ends as (
    select
        academic_year,
        year(current_year_starts_on) - year(starts_on) as academic_years_ago,
        {{ flag(add_months('starts_on', 11) ~ ' <= last_complete_month') }} as is_year_over,
        case
            when {{ add_months('starts_on', 11) }} <= last_complete_month
                then {{ add_months('starts_on', 11) }}
            else last_complete_month
        end as last_month
    from years
),

last_churns as (
    select
        school_key,
        academic_year,
        max(month) as lapsed_in_month
    from movements
    where churn_value > 0
    group by school_key, academic_year
),

customers_at_year_end as (
    select distinct
        movements.school_key,
        movements.academic_year
    from movements
    inner join year_ends
        on movements.academic_year = year_ends.academic_year
        and movements.month = year_ends.last_month
    where movements.closing_value > 0
),

lapsed_values as (
    select
        school_key,
        month,
        min(currency) as currency,
        sum(churn_value) as lapsed_value,
        case when min(cause) = max(cause) then min(cause) end as cause,
        case when min(reason) = max(reason) then min(reason) end as reason,
        count(*) as currencies
    from movements
    where churn_value > 0
    group by school_key, month
),

final as (
    select
        last_churns.school_key,
        schools.urn,
        schools.school_name,
        schools.phase,
        schools.region,
        last_churns.academic_year,
        year_ends.academic_years_ago,
        year_ends.is_year_over,
        last_churns.lapsed_in_month,
        case when lapsed_values.currencies = 1 then lapsed_values.lapsed_value end as lapsed_value,
        case when lapsed_values.currencies = 1 then lapsed_values.currency end as currency,
        lapsed_values.cause,
        lapsed_values.reason
    from last_churns
    inner join year_ends on last_churns.academic_year = year_ends.academic_year
    inner join schools on last_churns.school_key = schools.school_key
    inner join lapsed_values
        on last_churns.school_key = lapsed_values.school_key
        and last_churns.lapsed_in_month = lapsed_values.month
    left join customers_at_year_end
        on last_churns.school_key = customers_at_year_end.school_key
        and last_churns.academic_year = customers_at_year_end.academic_year
    where customers_at_year_end.school_key is null
)

select * from final
