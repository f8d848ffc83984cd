with funnel_rows as (
    select * from {{ ref('int_acquisition__funnel_rows_united') }}
),

-- What cost money and brought nobody is a row, too.
summed as (
    select
        channel,
        month,
        count(case when kind = 'lead' then 1 end) as leads,
        count(case when kind = 'lead' then school_key end) as matched_leads,
        count(case when kind = 'lead' and is_first = {{ bool(true) }} then 1 end) as led_schools,
        count(case when kind = 'trial' then 1 end) as trials,
        count(case when kind = 'trial' and is_won = {{ bool(true) }} then 1 end) as converted_trials,
        {{ paid_schools('kind', 'is_won') }} as paid_schools,
        count(case when kind = 'school' then 1 end) as schools,
        {{ average('days_to_paid') }} as mean_days_to_paid,
        sum(cost) as cost,
        min(cost_currency) as cost_currency
    from funnel_rows
    group by channel, month
),

final as (
    select
        channel,
        month,
        {{ academic_year('month') }} as academic_year,
        leads,
        matched_leads,
        led_schools,
        trials,
        converted_trials,
        {{ trial_conversion('converted_trials', 'trials') }} as trial_conversion,
        paid_schools,
        schools - paid_schools as paid_schools_without_lead,
        {{ school_conversion('paid_schools', 'led_schools') }} as school_conversion,
        mean_days_to_paid,
        cost,
        cost_currency,
        {{ cost_per_paid_school('cost', 'paid_schools') }} as cost_per_paid_school
    from summed
)

select * from final
