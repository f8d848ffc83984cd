with landed as (
    select * from {{ source('drops', 'school_register') }}
),

renamed as (
    select
        _instance as instance,
        urn as landed_urn,
        {{ usable_urn('urn') }} as urn,
        nullif(trim(school_name), '') as school_name,
        nullif(lower(trim(phase)), '') as phase,
        nullif(lower(trim(school_type)), '') as school_type,
        nullif(trim(region), '') as region,
        pupils,
        -- registers say more: open, but proposed to close
        case
            when lower(trim(status)) like 'open%' then 'open'
            when lower(trim(status)) like 'closed%' then 'closed'
            else lower(trim(status))
        end as status,
        closed_on
    from landed
)

select * from renamed
