with risks as (
    select * from {{ ref('int_health__risks_judged') }}
),

lapses as (
    select * from {{ ref('int_health__lapses_dated') }}
),

final as (
    select
        risks.school_key,
        risks.product_key,
        risks.month,
        {{ academic_year('risks.month') }} as academic_year,
        risks.annual_value,
        risks.currency,
        risks.seats,
        risks.tenure_months,
        risks.seats_lost_share,
        risks.cover_ends_on,
        risks.days_to_end,
        risks.is_renewal_entered,
        risks.is_notice_given,
        risks.days_unpaid,
        risks.is_use_measured,
        risks.mean_learners,
        risks.mean_teachers,
        risks.mean_utilisation,
        risks.use_change,
        risks.term_months_unused,
        risks.are_holidays_known,
        {{ is_small_cell('ceiling(risks.mean_learners)') }} as is_small_cell,
        risks.risk_points,
        risks.risk_band,
        risks.risk_reasons,
        case
            when product.is_outcome_known = {{ bool(true) }}
                then {{ flag('product.lapse_within_horizon is not null') }}
        end as is_product_lapsed,
        product.lapse_within_horizon as product_lapsed_in_month,
        case
            when customer.is_outcome_known = {{ bool(true) }}
                then {{ flag('customer.lapse_within_horizon is not null') }}
        end as is_customer_lapsed,
        customer.lapse_within_horizon as customer_lapsed_in_month
    from risks
    inner join lapses as product
        on risks.school_key = product.school_key
        and risks.product_key = product.product_key
        and risks.month = product.month
    inner join lapses as customer
        on risks.school_key = customer.school_key
        and risks.month = customer.month
        and customer.product_key = 'all'
)

select * from final
