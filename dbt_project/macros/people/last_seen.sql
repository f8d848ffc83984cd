{# CTE `last_seen`: the first day and the last moment on which an account did something, up to the run's clock: a clock
   that is ahead has seen nobody yet. `days` names a CTE with instance, `account`, activity_date, last_activity_at. #}
{% macro last_seen(days, run_clock, account='account_id') -%}
last_seen as (
    select
        {{ days }}.instance,
        {{ days }}.{{ account }},
        min({{ days }}.activity_date) as first_seen_on,
        max({{ days }}.last_activity_at) as last_seen_at
    from {{ days }}
    inner join {{ run_clock }} on {{ days }}.last_activity_at <= {{ run_clock }}.as_of
    group by {{ days }}.instance, {{ days }}.{{ account }}
)
{%- endmacro %}
