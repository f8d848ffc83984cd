{%- set breakdowns = ['phase', 'region', 'channel'] -%}
with school_years as (
    select * from {{ ref('int_retention__school_years') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

products as (
    select * from {{ ref('dim_products') }}
),

labelled as (
    select
        'all' as breakdown,
        'all' as breakdown_value,
        school_years.*
    from school_years
    where product_key = 'all'
    union all
    select
        'product' as breakdown,
        coalesce(products.product_name, products.product_key) as breakdown_value,
        school_years.*
    from school_years
    inner join products on school_years.product_key = products.product_key
    {%- for breakdown in breakdowns %}
    union all
    select
        '{{ breakdown }}' as breakdown,
        coalesce(nullif(trim(schools.{{ breakdown }}), ''), 'unknown') as breakdown_value,
        school_years.*
    from school_years
    inner join schools on school_years.school_key = schools.school_key
    where school_years.product_key = 'all'
    {%- endfor %}
),

final as (
    select * from labelled
)

select * from final
