{# What: school, product, currency and month in which the events of fct_value_events do not add up to closing
   less opening value; an event without a movement and a movement without an event, too. Roll-ups add up because the
   rows do. When: always our fault. Resolve: compare int_subscriptions__value_periods with
   int_subscriptions__value_steps for the school. #}
with movements as (
    select * from {{ ref('fct_subscription_movements') }}
),

value_events as (
    select * from {{ ref('fct_value_events') }}
),

both_sides as (
    select
        school_key,
        product_key,
        currency,
        month,
        closing_value - opening_value as moved
    from movements
    union all
    select
        school_key,
        product_key,
        currency,
        month,
        -value_delta as moved
    from value_events
)

select
    school_key,
    product_key,
    currency,
    month,
    sum(moved) as difference
from both_sides
group by school_key, product_key, currency, month
having sum(moved) <> 0
