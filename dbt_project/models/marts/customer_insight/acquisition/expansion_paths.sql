with journeys as (
    select * from {{ ref('customer_journeys') }}
),

final as (
    select
        path,
        first_product,
        max(products_ever) as products,
        count(*) as schools,
        sum(case when products_now > 0 then 1 else 0 end) as schools_now,
        {{ average('months_to_second_product') }} as mean_months_to_second_product
    from journeys
    group by path, first_product
)

select * from final
