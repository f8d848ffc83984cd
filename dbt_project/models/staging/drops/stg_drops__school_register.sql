with landed as (
    select * from {{ source('drops', 'school_register') }}
),

renamed as (
    select
        _instance as instance,
        urn as reference,
        {{ usable_urn('urn') }} as urn,
        nullif(trim(school_name), '') as school_name,
        nullif(lower(trim(phase)), '') as phase,
        nullif(lower(trim(school_type)), '') as school_type,
        nullif(trim(region), '') as region,
        pupils,
        lower(trim(status)) as status,
        closed_on
    from landed
)

select * from renamed
