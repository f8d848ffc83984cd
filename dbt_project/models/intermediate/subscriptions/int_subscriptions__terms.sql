{{ config(materialized='table') }}

with subscriptions as (
    select * from {{ ref('stg_subscriptions__subscriptions') }}
),

plans as (
    select * from {{ ref('stg_subscriptions__plans') }}
),

organisations as (
    select * from {{ ref('int_schools__organisations') }}
),

-- The first term that names another as the one it renews.
renewals as (
    select
        instance,
        renewed_from_id,
        subscription_id,
        starts_on,
        row_number() over (
            partition by instance, renewed_from_id
            order by starts_on, subscription_id
        ) as renewal_number
    from subscriptions
    where renewed_from_id is not null
),

joined_terms as (
    select
        subscriptions.*,
        organisations.school_key,
        plans.plan_name,
        case when plans.is_trial = {{ bool(true) }} then 1 else 0 end as on_trial_plan,
        renewals.subscription_id as renewed_into_id,
        renewals.starts_on as renewal_starts_on,
        coalesce(
            subscriptions.cancel_effective_on,
            case when subscriptions.status = 'cancelled' then cast(subscriptions.cancelled_at as date) end
        ) as first_day_not_covered
    from subscriptions
    inner join organisations
        on subscriptions.instance = organisations.instance
        and subscriptions.organisation_id = organisations.organisation_id
    left join plans
        on subscriptions.instance = plans.instance
        and subscriptions.plan_id = plans.plan_id
    left join renewals
        on subscriptions.instance = renewals.instance
        and subscriptions.subscription_id = renewals.renewed_from_id
        and renewals.renewal_number = 1
),

covered as (
    select
        {{ platform_key('subscriptions', ['instance', 'subscription_id']) }} as term_key,
        school_key,
        {{ platform_key('subscriptions', ['instance', 'product_id']) }} as product_key,
        instance,
        subscription_id,
        renewed_from_id,
        renewed_into_id,
        plan_name,
        coalesce(nullif(trim(currency), ''), 'XXX') as currency,
        cancel_reason,
        seats,
        annual_value,
        {{ flag('on_trial_plan = 1') }} as is_trial,
        cancel_voluntary,
        starts_on,
        ends_on,
        cast(cancelled_at as date) as cancelled_on,
        first_day_not_covered,
        {{ last_covered_on('ends_on', 'first_day_not_covered') }} as last_covered_on,
        renewal_starts_on,
        created_at
    from joined_terms
),

final as (
    select
        covered.*,
        {{ counted_to('last_covered_on', 'renewal_starts_on') }} as counted_to
    from covered
)

select * from final
