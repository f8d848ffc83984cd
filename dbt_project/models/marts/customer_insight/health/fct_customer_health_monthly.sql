with risks as (
    select * from {{ ref('int_health__risks_judged') }}
),

lapses as (
    select * from {{ ref('int_health__lapses_dated') }}
),

final as (
    select
        risks.*,
        product.next_lapse_month,
        product.is_outcome_known,
        customer.next_lapse_month as customer_lapse_month
    from risks
    inner join lapses as product
        on risks.school_key = product.school_key
        and risks.product_key = product.product_key
        and risks.month = product.month
    inner join lapses as customer
        on risks.school_key = customer.school_key
        and risks.month = customer.month
        and customer.product_key = 'all'
)

select * from final
