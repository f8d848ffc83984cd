with paid_terms as (
    select * from {{ ref('int_acquisition__paid_terms') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

starts as (
    select
        paid_terms.school_key,
        paid_terms.product_key,
        min(paid_terms.paid_from) as first_paid_on,
        max(
            case
                when run_clock.as_of_date between paid_terms.paid_from and paid_terms.paid_to then 1
                else 0
            end
        ) as paid_now
    from paid_terms
    cross join run_clock
    group by paid_terms.school_key, paid_terms.product_key
),

final as (
    select
        starts.school_key,
        starts.product_key,
        coalesce(products.product_name, products.product_code, 'unknown product') as product_name,
        starts.first_paid_on,
        starts.paid_now,
        row_number() over (
            partition by starts.school_key
            order by starts.first_paid_on, products.product_name, starts.product_key
        ) as place
    from starts
    left join products on starts.product_key = products.product_key
)

select * from final
