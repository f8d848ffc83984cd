with school_register as (
    select * from {{ ref('school_register') }}
),

cleaned as (
    select
        {{ usable_urn('urn') }} as urn,
        nullif(trim(school_name), '') as school_name,
        nullif(lower(trim(phase)), '') as phase,
        nullif(lower(trim(school_type)), '') as school_type,
        nullif(trim(region), '') as region,
        pupils,
        lower(trim(status)) as register_status,
        closed_on
    from school_register
),

final as (
    select
        {{ joined(["'urn:'", 'urn']) }} as school_key,
        urn,
        school_name,
        phase,
        school_type,
        region,
        pupils,
        register_status,
        closed_on
    from cleaned
    where urn is not null
)

select * from final
