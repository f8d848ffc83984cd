{# movement_cause: CTEs that give each row of `movements` its cause; the last one is `caused_movements`. `value_events`
   names a CTE, `keys` the grain of the movements.

   Of the causes of a month's events the one whose values, added up, did most in the direction of the movement; of
   equals the first by name. So a renewal at a higher price is one rise, not a fall and a rise. NULL where nothing
   moved. The events of a row add up to its movement (decision 016). #}
{% macro movement_cause(value_events, keys) -%}
{%- set key_list = keys | join(',\n        ') -%}
cause_sums as (
    select
        {{ key_list }},
        month,
        cause,
        case when min(reason) = max(reason) then min(reason) end as reason,
        sum(value_delta) as moved,
        count(*) as events
    from {{ value_events }}
    group by {{ key_list }}, month, cause
),

weighed as (
    select
        movements.*,
        cause_sums.cause,
        cause_sums.reason,
        cause_sums.events,
        case
            when movements.closing_value > movements.opening_value then cause_sums.moved
            when movements.closing_value < movements.opening_value then -cause_sums.moved
        end as moved_along
    from movements
    left join cause_sums
        on {% for key in keys + ['month'] -%}
        movements.{{ key }} = cause_sums.{{ key }}{{ '\n        and ' if not loop.last }}
        {%- endfor %}
),

ranked as (
    select
        weighed.*,
        row_number() over (
            partition by {{ key_list }}, month
            order by moved_along desc, cause asc
        ) as place,
        sum(coalesce(events, 0)) over (partition by {{ key_list }}, month) as all_events
    from weighed
),

caused_movements as (
    select
        {% for key in keys -%}
        {{ key }},
        {% endfor -%}
        month,
        academic_year,
        opening_value,
        new_value,
        expansion_value,
        reactivation_value,
        contraction_value,
        churn_value,
        closing_value,
        case when moved_along > 0 then cause end as cause,
        case when moved_along > 0 then reason end as reason,
        cast(all_events as bigint) as value_events
    from ranked
    where place = 1
)
{%- endmacro %}
