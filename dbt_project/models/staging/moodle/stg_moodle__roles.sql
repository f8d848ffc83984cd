with source as (
    select * from {{ source('moodle', 'mdl_role') }}
),

renamed as (
    select
        _instance as instance,
        id as role_id,
        shortname as short_name,
        archetype,
        sortorder as sort_order
    from source
)

select * from renamed
