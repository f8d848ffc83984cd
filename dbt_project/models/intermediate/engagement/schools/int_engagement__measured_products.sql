with products as (
    select * from {{ ref('dim_products') }}
),

-- Moodle and the reading app do not tell which school an account belongs to.
product_platforms as (
    select * from {{ ref('product_platforms') }}
    where
        1 = 0
        {%- for platform in ['classroom', 'bookshelf'] if platform_enabled(platform) %}
        or platform = '{{ platform }}'
        {%- endfor %}
),

joined_products as (
    select
        products.product_key,
        product_platforms.platform,
        row_number() over (partition by product_platforms.platform order by products.product_key) as place
    from products
    inner join product_platforms on products.product_code = product_platforms.product_code
),

final as (
    select
        product_key,
        platform,
        {{ flag('place = 1') }} as takes_activity
    from joined_products
)

select * from final
