with terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

final as (
    select
        term_key,
        school_key,
        product_key,
        instance,
        subscription_id,
        plan_name,
        is_trial,
        currency,
        seats,
        annual_value,
        starts_on,
        ends_on,
        last_covered_on,
        case
            when renewed_from_id is not null
                then {{ platform_key('subscriptions', ['instance', 'renewed_from_id']) }}
        end as renewed_from_term_key,
        case
            when renewed_into_id is not null
                then {{ platform_key('subscriptions', ['instance', 'renewed_into_id']) }}
        end as renewed_into_term_key,
        cancelled_on,
        first_day_not_covered as cancelled_from,
        cancel_reason,
        cancel_voluntary as is_cancel_voluntary
    from terms
)

select * from final
