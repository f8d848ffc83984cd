with source as (
    select * from {{ source('moodle', 'mdl_context') }}
),

renamed as (
    select
        _instance as instance,
        id as context_id,
        case when contextlevel = 40 then instanceid end as course_category_id,
        case when contextlevel = 50 then instanceid end as course_id,
        case when contextlevel = 70 then instanceid end as course_module_id,
        contextlevel as context_level,
        path as context_path,
        depth as context_depth
    from source
)

select * from renamed
