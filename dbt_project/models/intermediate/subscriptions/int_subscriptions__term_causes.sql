with terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

trials as (
    select * from {{ ref('stg_subscriptions__trials') }}
),

converted_trials as (
    select distinct
        instance,
        converted_subscription_id
    from trials
    where converted_subscription_id is not null
),

-- A term that was cancelled before it began counts nowhere, so it begins, renews and ends nothing.
counted_terms as (
    select * from terms
    where is_trial = {{ bool(false) }} and counted_to >= starts_on
),

among_others as (
    select
        counted_terms.*,
        min(starts_on) over (partition by school_key) as school_starts_on,
        max(counted_to) over (
            partition by school_key
            order by starts_on, term_key
            rows between unbounded preceding and 1 preceding
        ) as school_covered_to,
        max(counted_to) over (
            partition by school_key, product_key
            order by starts_on, term_key
            rows between unbounded preceding and 1 preceding
        ) as product_covered_to,
        lead(starts_on) over (partition by school_key, product_key order by starts_on, term_key)
            as next_starts_on
    from counted_terms
),

linked as (
    select
        among_others.*,
        previous_terms.school_key as previous_school_key,
        previous_terms.product_key as previous_product_key,
        previous_terms.currency as previous_currency,
        previous_terms.counted_to as previous_counted_to,
        next_terms.school_key as next_school_key,
        next_terms.product_key as next_product_key,
        next_terms.currency as next_currency,
        next_terms.starts_on as renewed_on,
        abandoned_terms.cancel_reason as abandoned_reason,
        case when abandoned_terms.term_key is null then 0 else 1 end as renewal_abandoned,
        case when converted_trials.instance is null then 0 else 1 end as from_trial
    from among_others
    left join counted_terms as previous_terms
        on among_others.instance = previous_terms.instance
        and among_others.renewed_from_id = previous_terms.subscription_id
    left join counted_terms as next_terms
        on among_others.instance = next_terms.instance
        and among_others.renewed_into_id = next_terms.subscription_id
    left join terms as abandoned_terms
        on among_others.instance = abandoned_terms.instance
        and among_others.renewed_into_id = abandoned_terms.subscription_id
        and abandoned_terms.counted_to < abandoned_terms.starts_on
    left join converted_trials
        on among_others.instance = converted_trials.instance
        and among_others.subscription_id = converted_trials.converted_subscription_id
),

final as (
    select
        term_key,
        {{ start_cause() }} as start_cause,
        {{ end_cause() }} as end_cause,
        case
            when renewal_abandoned = 1 then abandoned_reason
            when next_school_key = school_key then null
            else cancel_reason
        end as end_reason
    from linked
)

select * from final
