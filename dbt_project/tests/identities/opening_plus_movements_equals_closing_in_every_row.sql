{# What: rows of either movement fact whose values do not add up. When: always a fault of our SQL, never
   of the data. Resolve: see macros/measures/value_movements.sql. #}
with subscription_rows as (
    select * from {{ ref('fct_subscription_movements') }}
),

customer_rows as (
    select * from {{ ref('fct_customer_movements') }}
)

{% for rows in ['subscription_rows', 'customer_rows'] -%}
select '{{ rows }}' as grain, school_key, currency, month
from {{ rows }}
where opening_value + new_value + expansion_value + reactivation_value - contraction_value - churn_value
    <> closing_value
{{ 'union all' if not loop.last }}
{% endfor %}
