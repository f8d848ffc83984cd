with landed as (
    select * from {{ source('subscriptions', 'organisations') }}
),

renamed as (
    select
        _instance as instance,
        id as organisation_id,

        -- A URN that is no number ('tbc', '000000') would make one school of many.
        case
            when {{ is_digits('trim(urn)') }} and replace(urn, '0', '') <> '' then trim(urn)
        end as urn,
        name,
        phase,
        region,
        upper(country) as country,
        org_type as organisation_type,
        channel,
        status,

        created_at,
        updated_at
    from landed
)

select * from renamed
