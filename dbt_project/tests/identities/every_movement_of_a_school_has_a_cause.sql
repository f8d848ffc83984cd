{# What: rows of either movements mart whose value moved and that name no cause. When: always our fault, since
   the events add up to the movement. Resolve: see macros/measures/movement_cause.sql. #}
with subscription_rows as (
    select * from {{ ref('fct_subscription_movements') }}
),

customer_rows as (
    select * from {{ ref('fct_customer_movements') }}
)

{% for rows in ['subscription_rows', 'customer_rows'] -%}
select
    school_key,
    currency,
    month
from {{ rows }}
where opening_value <> closing_value and (cause is null or value_events = 0)
{{ 'union all' if not loop.last }}
{% endfor %}
