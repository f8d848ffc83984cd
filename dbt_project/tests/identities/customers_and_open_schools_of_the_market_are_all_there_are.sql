{# What: how many customers of the last complete month, and open schools of the register, market_penetration
   lacks or has too many of. When: always a fault of our SQL. Resolve: compare with dim_schools. #}
with movements as (
    select * from {{ ref('fct_customer_movements') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

customers as (
    select distinct movements.school_key
    from movements
    inner join run_clock on movements.month = run_clock.last_complete_month
    where movements.closing_value > 0
),

differences as (
    select
        count(*) as customers,
        0 as registered_schools
    from customers
    union all
    select
        0 as customers,
        count(*) as registered_schools
    from {{ ref('int_schools__register') }}
    where register_status = 'open'
    union all
    select
        -coalesce(sum(customers), 0) as customers,
        -coalesce(sum(registered_schools), 0) as registered_schools
    from {{ ref('market_penetration') }}
)

select
    sum(customers) as customers_missing,
    sum(registered_schools) as schools_missing
from differences
having sum(customers) <> 0 or sum(registered_schools) <> 0
