with landed as (
    select * from {{ source('subscriptions', 'subscriptions') }}
),

renamed as (
    select
        _instance as instance,
        id as subscription_id,
        organisation_id,
        product_id,
        plan_id,
        renewed_from_id,

        upper(currency) as currency,
        status,
        cancel_reason,

        seats,
        annual_value,

        cancel_voluntary,

        starts_on,
        ends_on,
        cancel_effective_on,

        cancelled_at,
        created_at,
        updated_at
    from landed
)

select * from renamed
