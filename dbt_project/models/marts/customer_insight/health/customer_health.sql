with health as (
    select * from {{ ref('fct_customer_health_monthly') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

final as (
    select
        health.school_key,
        schools.urn,
        schools.school_name,
        schools.phase,
        schools.region,
        health.product_key,
        products.product_name,
        health.month,
        health.cover_ends_on,
        health.days_to_end,
        health.is_renewal_entered,
        health.annual_value,
        health.currency,
        health.seats,
        health.tenure_months,
        health.is_use_measured,
        health.mean_learners,
        health.mean_teachers,
        health.mean_utilisation,
        health.use_change,
        health.is_small_cell,
        health.risk_points,
        health.risk_band,
        health.risk_reasons
    from health
    inner join run_clock on health.month = run_clock.last_complete_month
    inner join schools on health.school_key = schools.school_key
    inner join products on health.product_key = products.product_key
)

select * from final
