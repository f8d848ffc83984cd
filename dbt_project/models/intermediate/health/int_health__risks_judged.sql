{{ config(materialized='table') }}

with school_products as (
    select * from {{ ref('int_health__school_products_measured') }}
),

signs as (
    select
        school_products.*,
        {{ risk_points('school_products') }} as risk_points,
        {{ risk_signs_in_words('school_products') }} as signs_found
    from school_products
),

final as (
    select
        signs.*,
        {{ risk_band('risk_points', 'is_renewal_entered', 'days_to_end', 'is_use_measured') }} as risk_band,
        {{ risk_reasons('signs_found') }} as risk_reasons
    from signs
)

select * from final
