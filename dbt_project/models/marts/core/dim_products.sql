with products as (
    select * from {{ ref('stg_subscriptions__products') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions__subscriptions') }}
),

trials as (
    select * from {{ ref('stg_subscriptions__trials') }}
),

referred as (
    select
        instance,
        product_id
    from subscriptions
    union
    select
        instance,
        product_id
    from trials
),

missing as (
    select
        referred.instance,
        referred.product_id
    from referred
    left join products
        on referred.instance = products.instance
        and referred.product_id = products.product_id
    where products.product_id is null
),

final as (
    select
        {{ platform_key('subscriptions', ['instance', 'product_id']) }} as product_key,
        product_code,
        product_name,
        product_family,
        {{ bool(false) }} as is_placeholder
    from products
    union all
    select
        {{ platform_key('subscriptions', ['instance', 'product_id']) }} as product_key,
        null as product_code,
        null as product_name,
        null as product_family,
        {{ bool(true) }} as is_placeholder
    from missing
)

select * from final
