{%- set keys = ['school_key', 'product_key', 'currency'] -%}
with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

value_events as (
    select * from {{ ref('fct_value_events') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

{{ value_movements('month_end_values', 'run_clock', keys) }},

{{ movement_cause('value_events', keys) }}

select * from caused_movements
