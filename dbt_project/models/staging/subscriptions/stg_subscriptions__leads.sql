with landed as (
    select * from {{ source('subscriptions', 'leads') }}
),

renamed as (
    select
        _instance as instance,
        id as lead_id,
        organisation_id,

        channel,
        campaign,
        status,

        created_at,
        updated_at
    from landed
)

select * from renamed
