with products as (
    select * from {{ ref('stg_subscriptions__products') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions__subscriptions') }}
),

missing as (
    select distinct
        subscriptions.instance,
        subscriptions.product_id
    from subscriptions
    left join products
        on subscriptions.instance = products.instance
        and subscriptions.product_id = products.product_id
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
