with trials as (
    select * from {{ ref('int_acquisition__trials_placed') }}
),

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

paid_terms as (
    select * from {{ ref('int_acquisition__paid_terms') }}
),

sales_after_trials as (
    select * from {{ ref('int_acquisition__sales_after_trials') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

compared as (
    select
        trials.*,
        {{ named_term(
            'trials.converted_subscription_id', 'terms.term_key', 'terms.school_key', 'trials.school_key',
            'paid_terms.paid_from'
        ) }} as named_term,
        paid_terms.term_key as paid_term_key,
        paid_terms.paid_from,
        sales_after_trials.followed_on as sale_on,
        run_clock.as_of_date
    from trials
    cross join run_clock
    left join terms
        on trials.instance = terms.instance
        and trials.converted_subscription_id = terms.subscription_id
    left join paid_terms on terms.term_key = paid_terms.term_key
    left join sales_after_trials on trials.trial_key = sales_after_trials.trial_key
),

final as (
    select
        trial_key,
        school_key,
        product_key,
        instance,
        trial_id,
        lead_key,
        channel,
        lead_created_on,
        started_on,
        ends_on,
        {{ trial_outcome('named_term', 'lost_reason', 'ends_on', 'as_of_date') }} as outcome,
        {{ flag("named_term = 'paid'") }} as is_converted,
        named_term,
        case when named_term = 'paid' then paid_term_key end as converted_term_key,
        case when named_term = 'paid' then paid_from end as converted_on,
        case
            when named_term = 'paid' then {{ days_to_convert('started_on', 'paid_from') }}
        end as days_to_convert,
        lost_reason,
        {{ flag("named_term <> 'paid' and sale_on is not null") }} as is_followed_by_sale,
        case when named_term <> 'paid' then sale_on end as followed_on
    from compared
)

select * from final
