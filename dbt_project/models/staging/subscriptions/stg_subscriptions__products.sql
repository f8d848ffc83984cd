with landed as (
    select * from {{ source('subscriptions', 'products') }}
),

renamed as (
    select
        _instance as instance,
        id as product_id,

        code as product_code,
        name as product_name,
        family as product_family,

        updated_at
    from landed
)

select * from renamed
