{# What: the funnel's sums of leads, trials or paid schools are not the number of leads and trials that
   landed, of schools with a journey. When: a join of int_acquisition__… loses or doubles rows. Resolve:
   compare int_acquisition__funnel_rows_united with staging, by kind. #}
with funnel as (
    select
        coalesce(sum(leads), 0) as leads,
        coalesce(sum(trials), 0) as trials,
        coalesce(sum(paid_schools + paid_schools_without_lead), 0) as schools
    from {{ ref('acquisition_funnel') }}
),

landed_leads as (
    select count(*) as leads from {{ ref('stg_subscriptions__leads') }}
),

landed_trials as (
    select count(*) as trials from {{ ref('stg_subscriptions__trials') }}
),

journeys as (
    select count(*) as schools from {{ ref('customer_journeys') }}
)

select
    funnel.leads,
    funnel.trials,
    funnel.schools,
    landed_leads.leads as landed_leads,
    landed_trials.trials as landed_trials,
    journeys.schools as schools_with_a_journey
from funnel
cross join landed_leads
cross join landed_trials
cross join journeys
where funnel.leads <> landed_leads.leads
    or funnel.trials <> landed_trials.trials
    or funnel.schools <> journeys.schools
