with leads as (
    select * from {{ ref('int_acquisition__leads_matched') }}
),

trials as (
    select * from {{ ref('int_acquisition__trials_judged') }}
),

schools_won as (
    select * from {{ ref('int_acquisition__schools_won') }}
),

costs as (
    select * from {{ ref('int_acquisition__costs_summed') }}
),

final as (
    select
        'lead' as kind,
        channel,
        month,
        school_key,
        is_first_of_school as is_first,
        {{ bool(false) }} as is_won,
        cast(null as int) as days_to_paid,
        cast(null as decimal(18, 2)) as cost,
        cast(null as {{ t_text(3) }}) as cost_currency
    from leads
    union all
    -- A trial stands in the month of its lead; without one, in the month it began.
    select
        'trial' as kind,
        channel,
        {{ month_start('coalesce(lead_created_on, started_on)') }} as month,
        school_key,
        {{ bool(false) }} as is_first,
        is_converted as is_won,
        cast(null as int) as days_to_paid,
        cast(null as decimal(18, 2)) as cost,
        cast(null as {{ t_text(3) }}) as cost_currency
    from trials
    union all
    select
        'school' as kind,
        channel,
        month,
        school_key,
        {{ bool(false) }} as is_first,
        is_led as is_won,
        days_to_paid,
        cast(null as decimal(18, 2)) as cost,
        cast(null as {{ t_text(3) }}) as cost_currency
    from schools_won
    union all
    select
        'cost' as kind,
        channel,
        month,
        cast(null as {{ t_text(100) }}) as school_key,
        {{ bool(false) }} as is_first,
        {{ bool(false) }} as is_won,
        cast(null as int) as days_to_paid,
        cost,
        cost_currency
    from costs
)

select * from final
