with products_bought as (
    select * from {{ ref('int_acquisition__products_bought') }}
),

leads as (
    select * from {{ ref('int_acquisition__leads_matched') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

paid as (
    select
        school_key,
        min(first_paid_on) as first_paid_on
    from products_bought
    group by school_key
),

with_lead as (
    select
        paid.school_key,
        paid.first_paid_on,
        leads.created_on as first_lead_on,
        leads.channel as lead_channel,
        schools.channel as school_channel,
        {{ days_to_paid('leads.created_on', 'paid.first_paid_on') }} as days_to_paid
    from paid
    left join leads
        on paid.school_key = leads.school_key
        and leads.is_first_of_school = {{ bool(true) }}
    left join schools on paid.school_key = schools.school_key
),

-- A lead that came after the first paid day did not win the school.
final as (
    select
        school_key,
        first_paid_on,
        first_lead_on,
        {{ flag('days_to_paid is not null') }} as is_led,
        days_to_paid,
        case
            when days_to_paid is not null then lead_channel
            else {{ channel_name(['school_channel']) }}
        end as channel,
        case
            when days_to_paid is not null then {{ month_start('first_lead_on') }}
            else {{ month_start('first_paid_on') }}
        end as month
    from with_lead
)

select * from final
