with leads as (
    select * from {{ ref('stg_subscriptions__leads') }}
),

organisations as (
    select * from {{ ref('int_schools__organisations') }}
),

matched as (
    select
        {{ platform_key('subscriptions', ['leads.instance', 'leads.lead_id']) }} as lead_key,
        leads.instance,
        leads.lead_id,
        organisations.school_key,
        {{ channel_name(['leads.channel']) }} as channel,
        cast(leads.created_at as date) as created_on,
        row_number() over (
            partition by organisations.school_key
            order by leads.created_at, leads.instance, leads.lead_id
        ) as place
    from leads
    left join organisations
        on leads.instance = organisations.instance
        and leads.organisation_id = organisations.organisation_id
),

final as (
    select
        lead_key,
        instance,
        lead_id,
        school_key,
        channel,
        created_on,
        {{ month_start('created_on') }} as month,
        {{ flag('school_key is not null and place = 1') }} as is_first_of_school
    from matched
)

select * from final
