{# What: negative values, and rows that are, say, churn and contraction at once. When: always our fault.
   Resolve: see macros/measures. #}
with subscription_rows as (
    select * from {{ ref('fct_subscription_movements') }}
),

customer_rows as (
    select * from {{ ref('fct_customer_movements') }}
)

{% set movements = [
    'new_value', 'expansion_value', 'reactivation_value', 'contraction_value', 'churn_value'
] -%}
{% for rows in ['subscription_rows', 'customer_rows'] -%}
select '{{ rows }}' as grain, school_key, currency, month
from {{ rows }}
where opening_value < 0
    or closing_value < 0
    {%- for movement in movements %}
    or {{ movement }} < 0
    {%- endfor %}
    or (
        {%- for movement in movements %}
        case when {{ movement }} > 0 then 1 else 0 end {{ '+' if not loop.last }}
        {%- endfor %}
    ) > 1
    or opening_value + closing_value = 0
{{ 'union all' if not loop.last }}
{% endfor %}
