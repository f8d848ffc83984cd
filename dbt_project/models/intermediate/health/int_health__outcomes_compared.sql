{%- set horizon = var('health_horizon_months') -%}
with health as (
    select * from {{ ref('fct_customer_health_monthly') }}
    where is_product_lapsed is not null
),

-- A customer is as much at risk as the worst of its products, and its cover ends with the last of them.
customers as (
    select
        school_key,
        month,
        max({{ risk_band_rank('risk_band') }}) as band_rank,
        max(cover_ends_on) as cover_ends_on,
        max(customer_lapsed_in_month) as lapse_month
    from health
    group by school_key, month
),

levels as (
    select
        'product' as level_compared,
        month,
        risk_band as band,
        cover_ends_on,
        product_lapsed_in_month as lapse_month
    from health
    union all
    select
        'customer' as level_compared,
        month,
        {{ risk_band_of_rank('band_rank') }} as band,
        cover_ends_on,
        lapse_month
    from customers
),

placed as (
    select
        levels.*,
        case when lapse_month is not null then 1 else 0 end as lapsed,
        {{ add_months('month', horizon) }} as month_at_horizon
    from levels
),

-- At one distance from the end: who lapsed in the last month of the horizon, and who stayed though cover
-- ended then.
final as (
    select
        'every month' as months_compared,
        placed.*
    from placed
    union all
    select
        'before the end of cover' as months_compared,
        placed.*
    from placed
    where lapse_month = month_at_horizon
        or (lapsed = 0 and {{ month_start(add_days('cover_ends_on', 1)) }} = month_at_horizon)
)

select * from final
