with organisations as (
    select * from {{ ref('stg_subscriptions__organisations') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions__subscriptions') }}
),

-- An organisation may be gone or in quarantine while its terms are here; their value must not vanish.
missing as (
    select distinct
        subscriptions.instance,
        subscriptions.organisation_id
    from subscriptions
    left join organisations
        on subscriptions.instance = organisations.instance
        and subscriptions.organisation_id = organisations.organisation_id
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
