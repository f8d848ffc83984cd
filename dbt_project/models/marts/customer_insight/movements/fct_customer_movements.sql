with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

{{ value_movements('month_end_values', 'run_clock', ['school_key', 'currency']) }}

select * from movements
