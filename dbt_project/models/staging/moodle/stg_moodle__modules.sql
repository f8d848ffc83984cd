with source as (
    select * from {{ source('moodle', 'mdl_modules') }}
),

renamed as (
    select
        _instance as instance,
        id as module_id,
        name as module_name,
        {{ flag('visible = 1') }} as is_enabled
    from source
)

select * from renamed
