with schools as (
    select * from {{ ref('dim_schools') }}
),

customers as (
    select * from {{ ref('int_schools__customers') }}
),

placed as (
    select
        {%- for attribute in ['region', 'phase', 'school_type'] %}
        case
            when schools.is_registered = {{ bool(true) }} then coalesce(schools.{{ attribute }}, 'unknown')
            else 'not in register'
        end as {{ attribute }},
        {%- endfor %}
        case when schools.register_status = 'open' then 1 else 0 end as is_open,
        case when schools.register_status = 'closed' then 1 else 0 end as is_closed,
        case when customers.customer_status = 'customer' then 1 else 0 end as is_customer,
        case when customers.customer_status = 'former' then 1 else 0 end as is_former
    from schools
    left join customers on schools.school_key = customers.school_key
),

summed as (
    select
        region,
        phase,
        school_type,
        sum(is_open) as registered_schools,
        sum(is_customer) as customers,
        sum(is_customer * is_open) as open_customers,
        sum(is_customer * is_closed) as closed_customers,
        sum(is_former) as former_customers
    from placed
    group by region, phase, school_type
),

final as (
    select
        region,
        phase,
        school_type,
        registered_schools,
        customers,
        closed_customers,
        former_customers,
        {{ market_share('open_customers', 'registered_schools') }} as market_share
    from summed
)

select * from final
