with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- Product by product, and the customer in whatever product. A currency that changes is no lapse.
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
        {{ add_months('followed.month', var('health_horizon_months')) }} as last_month_of_horizon,
        run_clock.last_complete_month
    from followed
    cross join run_clock
),

ahead as (
    select
        school_key,
        product_key,
        month,
        {{ flag('last_month_of_horizon <= last_complete_month') }} as is_outcome_known,
        min(lapse_month) over (
            partition by school_key, product_key
            order by month
            rows between current row and unbounded following
        ) as next_lapse_month
    from ended
),

final as (
    select
        school_key,
        product_key,
        month,
        is_outcome_known,
        case
            when is_outcome_known = {{ bool(true) }}
                then {{ lapse_within_horizon('next_lapse_month', 'month') }}
        end as lapse_within_horizon
    from ahead
)

select * from final
