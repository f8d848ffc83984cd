with movements as (
    select * from {{ ref('fct_customer_movements') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

values_now as (
    select
        movements.school_key,
        max(
            case
                when movements.month = run_clock.last_complete_month and movements.closing_value > 0 then 1
                else 0
            end
        ) as has_value_now
    from movements
    cross join run_clock
    group by movements.school_key
),

final as (
    select
        school_key,
        {{ customer_status('has_value_now') }} as customer_status
    from values_now
)

select * from final
