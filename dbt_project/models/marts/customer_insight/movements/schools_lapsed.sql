with movements as (
    select * from {{ ref('fct_customer_movements') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

academic_years as (
    select * from {{ ref('int_calendar__academic_years') }}
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
    inner join academic_years
        on movements.academic_year = academic_years.academic_year
        and movements.month = academic_years.last_month
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
        academic_years.years_ago as academic_years_ago,
        academic_years.is_over as is_year_over,
        last_churns.lapsed_in_month,
        case when lapsed_values.currencies = 1 then lapsed_values.lapsed_value end as lapsed_value,
        case when lapsed_values.currencies = 1 then lapsed_values.currency end as currency,
        lapsed_values.cause,
        lapsed_values.reason
    from last_churns
    inner join academic_years on last_churns.academic_year = academic_years.academic_year
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
