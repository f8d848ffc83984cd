with landed as (
    select * from {{ source('subscriptions', 'trials') }}
),

renamed as (
    select
        _instance as instance,
        id as trial_id,
        organisation_id,
        product_id,
        lead_id,
        converted_subscription_id,

        lost_reason,

        started_on,
        ends_on,

        updated_at
    from landed
)

select * from renamed
