with terms as (
    select * from {{ ref('int_subscriptions__terms') }}
    where is_trial = {{ bool(false) }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions__subscriptions') }}
),

final as (
    select
        terms.term_key,
        terms.school_key,
        terms.product_key,
        terms.instance,
        terms.subscription_id,
        terms.renewed_from_id,
        terms.starts_on,
        terms.ends_on,
        terms.last_covered_on,
        cast(subscriptions.created_at as date) as entered_on,
        case when terms.first_day_not_covered is not null then terms.cancelled_on end as notice_given_on
    from terms
    inner join subscriptions
        on terms.instance = subscriptions.instance
        and terms.subscription_id = subscriptions.subscription_id
)

select * from final
