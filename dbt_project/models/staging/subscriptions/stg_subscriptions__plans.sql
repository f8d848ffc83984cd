with landed as (
    select * from {{ source('subscriptions', 'plans') }}
),

renamed as (
    select
        _instance as instance,
        id as plan_id,
        product_id,

        name as plan_name,
        billing_period,
        upper(currency) as currency,

        price_per_seat,

        is_trial,

        updated_at
    from landed
)

select * from renamed
