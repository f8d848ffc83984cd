with landed as (
    select * from {{ source('subscriptions', 'subscription_changes') }}
),

renamed as (
    select
        _instance as instance,
        id as change_id,
        subscription_id,

        change_type,

        seats_before,
        seats_after,
        annual_value_before,
        annual_value_after,

        effective_on,

        recorded_at,
        updated_at
    from landed
)

select * from renamed
