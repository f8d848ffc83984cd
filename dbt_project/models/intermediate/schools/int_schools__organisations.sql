with organisations as (
    select * from {{ ref('stg_subscriptions__organisations') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions__subscriptions') }}
),

leads as (
    select * from {{ ref('stg_subscriptions__leads') }}
),

trials as (
    select * from {{ ref('stg_subscriptions__trials') }}
),

referred as (
    select
        instance,
        organisation_id
    from subscriptions
    union
    select
        instance,
        organisation_id
    from leads
    where organisation_id is not null
    union
    select
        instance,
        organisation_id
    from trials
),

-- An organisation may be gone or in quarantine; its terms, leads and trials must not vanish.
missing as (
    select
        referred.instance,
        referred.organisation_id
    from referred
    left join organisations
        on referred.instance = organisations.instance
        and referred.organisation_id = organisations.organisation_id
    where organisations.organisation_id is null
),

final as (
    select
        instance,
        organisation_id,
        case
            when urn is not null then {{ joined(["'urn:'", 'urn']) }}
            else {{ platform_key('subscriptions', ['instance', 'organisation_id']) }}
        end as school_key,
        {{ bool(false) }} as is_placeholder
    from organisations
    union all
    select
        instance,
        organisation_id,
        {{ platform_key('subscriptions', ['instance', 'organisation_id']) }} as school_key,
        {{ bool(true) }} as is_placeholder
    from missing
)

select * from final
