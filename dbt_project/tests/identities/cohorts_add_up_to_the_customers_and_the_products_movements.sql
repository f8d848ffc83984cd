{# What: currencies and academic years in which the cohorts' opening or closing values, of all schools or of
   all products, are not those of the movements in the year's first and last month; or a breakdown whose sums
   are not those of all schools. When: always our fault. Resolve: compare int_retention__school_years with
   int_subscriptions__month_end_values for the year. #}
with cohorts as (
    select * from {{ ref('fct_retention_cohorts') }}
),

academic_years as (
    select * from {{ ref('int_calendar__academic_years') }}
),

movements as (
    select
        'all' as breakdown,
        currency,
        month,
        opening_value,
        closing_value
    from {{ ref('fct_customer_movements') }}
    union all
    select
        'product' as breakdown,
        currency,
        month,
        opening_value,
        closing_value
    from {{ ref('fct_subscription_movements') }}
),

expected as (
    select
        movements.breakdown,
        movements.currency,
        academic_years.academic_year,
        sum(case when movements.month = academic_years.starts_on then movements.opening_value else 0 end)
            as opening_value,
        sum(case when movements.month = academic_years.last_month then movements.closing_value else 0 end)
            as closing_value
    from movements
    inner join academic_years
        on movements.month = academic_years.starts_on
        or movements.month = academic_years.last_month
    group by movements.breakdown, movements.currency, academic_years.academic_year
),

other_breakdowns as (
    select distinct breakdown from cohorts
    where breakdown not in ('all', 'product')
),

both_sides as (
    select
        breakdown,
        currency,
        academic_year,
        opening_value,
        closing_value
    from expected
    union all
    select
        other_breakdowns.breakdown,
        expected.currency,
        expected.academic_year,
        expected.opening_value,
        expected.closing_value
    from expected
    cross join other_breakdowns
    where expected.breakdown = 'all'
    union all
    select
        breakdown,
        currency,
        academic_year,
        -opening_value as opening_value,
        -closing_value as closing_value
    from cohorts
)

select
    breakdown,
    currency,
    academic_year,
    sum(opening_value) as opening_difference,
    sum(closing_value) as closing_difference
from both_sides
group by breakdown, currency, academic_year
having sum(opening_value) <> 0 or sum(closing_value) <> 0
