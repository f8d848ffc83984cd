with terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

invoices_summed as (
    select * from {{ ref('int_subscriptions__invoices_summed') }}
),

final as (
    select
        terms.term_key,
        terms.school_key,
        terms.product_key,
        terms.instance,
        terms.subscription_id,
        terms.plan_name,
        terms.is_trial,
        terms.currency,
        terms.seats,
        terms.annual_value,
        terms.starts_on,
        terms.ends_on,
        terms.last_covered_on,
        case
            when terms.renewed_from_id is not null
                then {{ platform_key('subscriptions', ['terms.instance', 'terms.renewed_from_id']) }}
        end as renewed_from_term_key,
        case
            when terms.renewed_into_id is not null
                then {{ platform_key('subscriptions', ['terms.instance', 'terms.renewed_into_id']) }}
        end as renewed_into_term_key,
        terms.cancelled_on,
        terms.first_day_not_covered as cancelled_from,
        terms.cancel_reason,
        terms.cancel_voluntary as is_cancel_voluntary,
        coalesce(invoices_summed.invoices, 0) as invoices,
        coalesce(invoices_summed.invoiced_amount, 0) as invoiced_amount,
        coalesce(invoices_summed.credited_amount, 0) as credited_amount,
        coalesce(invoices_summed.paid_amount, 0) as paid_amount
    from terms
    left join invoices_summed on terms.term_key = invoices_summed.term_key
)

select * from final
