{# What: platforms whose activities by accounts of a known school, up to the last complete month, or whose
   products' seats, do not add up to those in fct_school_engagement. When: always a fault of our SQL. Resolve:
   follow school and month through int_engagement. #}
with account_days as (
    select * from {{ ref('int_engagement__account_days') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

products as (
    select * from {{ ref('int_engagement__measured_products') }}
),

month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

used as (
    select
        account_days.platform,
        account_days.activities,
        0 as seats
    from account_days
    inner join schools
        on {{ joined(["'urn:'", 'account_days.school_urn']) }} = schools.school_key
        and schools.is_organisation = {{ bool(true) }}
    inner join products
        on account_days.platform = products.platform
        and products.takes_activity = {{ bool(true) }}
    inner join run_clock on account_days.activity_date <= {{ month_end('run_clock.last_complete_month') }}
),

sold as (
    select
        products.platform,
        0 as activities,
        month_end_values.seats
    from month_end_values
    inner join products on month_end_values.product_key = products.product_key
),

-- What the mart says is taken away from what it should say.
differences as (
    select
        platform,
        activities,
        seats
    from used
    union all
    select
        platform,
        activities,
        seats
    from sold
    union all
    select
        platform,
        -coalesce(activity_count, 0) as activities,
        -seats as seats
    from {{ ref('fct_school_engagement') }}
)

select
    platform,
    sum(activities) as activities_missing,
    sum(seats) as seats_missing
from differences
group by platform
having sum(activities) <> 0 or sum(seats) <> 0
