with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A currency that changes is no lapse; product by product, and the customer in whatever product.
held as (
    select distinct
        school_key,
        product_key,
        month
    from month_end_values
    union all
    select distinct
        school_key,
        'all' as product_key,
        month
    from month_end_values
),

followed as (
    select
        school_key,
        product_key,
        month,
        {{ add_months('month', 1) }} as month_after,
        lead(month) over (partition by school_key, product_key order by month) as next_month
    from held
),

-- The month after the last one with value, if it is over.
ended as (
    select
        followed.school_key,
        followed.product_key,
        followed.month,
        case
            when followed.month_after <= run_clock.last_complete_month
                and (followed.next_month is null or followed.next_month > followed.month_after)
                then followed.month_after
        end as lapse_month,
        {{ flag(add_months('followed.month', var('health_horizon_months')) ~ ' <= run_clock.last_complete_month') }}
            as is_outcome_known
    from followed
    cross join run_clock
),

final as (
    select
        school_key,
        product_key,
        month,
        is_outcome_known,
        min(lapse_month) over (
            partition by school_key, product_key order by month rows between current row and unbounded following
        ) as next_lapse_month
    from ended
)

select * from final
