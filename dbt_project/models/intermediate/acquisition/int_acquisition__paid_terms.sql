with value_periods as (
    select * from {{ ref('int_subscriptions__value_periods') }}
),

final as (
    select
        term_key,
        school_key,
        product_key,
        min(valid_from) as paid_from,
        max(valid_to) as paid_to
    from value_periods
    where annual_value > 0
    group by term_key, school_key, product_key
)

select * from final
