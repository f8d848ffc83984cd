with trials as (
    select * from {{ ref('stg_subscriptions__trials') }}
),

organisations as (
    select * from {{ ref('int_schools__organisations') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

leads as (
    select * from {{ ref('int_acquisition__leads_matched') }}
),

final as (
    select
        {{ platform_key('subscriptions', ['trials.instance', 'trials.trial_id']) }} as trial_key,
        trials.instance,
        trials.trial_id,
        organisations.school_key,
        {{ platform_key('subscriptions', ['trials.instance', 'trials.product_id']) }} as product_key,
        leads.lead_key,
        {{ channel_name(['leads.channel', 'schools.channel']) }} as channel,
        leads.created_on as lead_created_on,
        trials.started_on,
        trials.ends_on,
        trials.converted_subscription_id,
        nullif(trim(trials.lost_reason), '') as lost_reason
    from trials
    inner join organisations
        on trials.instance = organisations.instance
        and trials.organisation_id = organisations.organisation_id
    left join schools on organisations.school_key = schools.school_key
    left join leads
        on trials.instance = leads.instance
        and trials.lead_id = leads.lead_id
)

select * from final
