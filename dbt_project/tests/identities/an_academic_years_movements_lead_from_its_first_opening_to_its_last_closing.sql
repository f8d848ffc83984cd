{# What: roll-ups (everything, by product, by school, by school and product) in which the opening value
   of an academic year's first month, plus all movements of the year, is not the closing value of its
   last month. A missing churn month shows here and in no single row. When: always our fault. Resolve:
   see macros/measures/value_movements.sql. #}
with movements as (
    select * from {{ ref('fct_subscription_movements') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

years as (
    select
        movements.*,
        {{ academic_year_starts_on('movements.month') }} as first_month,
        run_clock.last_complete_month
    from movements
    cross join run_clock
),

placed as (
    select
        years.*,
        case
            when {{ add_months('first_month', 11) }} < last_complete_month
                then {{ add_months('first_month', 11) }}
            else last_complete_month
        end as last_month
    from years
)

{% for keys in [[], ['product_key'], ['school_key'], ['school_key', 'product_key']] -%}
{%- set key_list = (keys + ['currency', 'academic_year']) | join(', ') -%}
select '{{ key_list }}' as roll_up, currency, academic_year
from placed
group by {{ key_list }}
having sum(case when month = first_month then opening_value else 0 end)
    + sum(new_value + expansion_value + reactivation_value - contraction_value - churn_value)
    <> sum(case when month = last_month then closing_value else 0 end)
{{ 'union all' if not loop.last }}
{% endfor %}
