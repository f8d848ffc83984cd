with landed as (
    select * from {{ source('subscriptions', 'organisations') }}
),

renamed as (
    select
        _instance as instance,
        id as organisation_id,

        {{ usable_urn('urn') }} as urn,
        {{ unusable_urn('urn') }} as is_urn_unusable,
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
