{# value_movements: CTEs that turn values at month ends into monthly movements; the last one is `movements`.
   `month_end_values` and `run_clock` name CTEs, `keys` the columns at whose grain a movement is classified:
   the same sums at another grain are other movements (a swap of products is none for the customer).

   A value opens the month after the one it closes. So a month exists where something opened or closed, which
   gives the churn month that no source row has, and opening + movements = closing holds for every sum of rows.
   Source of the rule: MARTS, customer insight; what other packages get wrong there: macros churn_value and
   reactivation_value. #}
{% macro value_movements(month_end_values, run_clock, keys) -%}
{%- set key_list = keys | join(',\n        ') -%}
values_at_grain as (
    select
        {{ key_list }},
        month,
        sum(value) as value
    from {{ month_end_values }}
    group by {{ key_list }}, month
),

positions as (
    select
        {{ key_list }},
        month,
        0 as opening,
        value as closing
    from values_at_grain
    union all
    select
        {{ key_list }},
        {{ add_months('month', 1) }} as month,
        value as opening,
        0 as closing
    from values_at_grain
    cross join {{ run_clock }}
    where month < last_complete_month
),

months_with_value as (
    select
        {{ key_list }},
        month,
        sum(opening) as opening,
        sum(closing) as closing
    from positions
    group by {{ key_list }}, month
),

placed as (
    select
        {{ key_list }},
        month,
        opening,
        closing,
        case
            when row_number() over (partition by {{ key_list }} order by month) = 1 then 1
            else 0
        end as is_first
    from months_with_value
),

movements as (
    select
        {% for key in keys -%}
        {{ key }},
        {% endfor -%}
        month,
        {{ academic_year('month') }} as academic_year,
        opening as opening_value,
        {{ new_value('closing', 'opening', 'is_first') }} as new_value,
        {{ expansion_value('closing', 'opening') }} as expansion_value,
        {{ reactivation_value('closing', 'opening', 'is_first') }} as reactivation_value,
        {{ contraction_value('closing', 'opening') }} as contraction_value,
        {{ churn_value('closing', 'opening') }} as churn_value,
        closing as closing_value
    from placed
)
{%- endmacro %}
