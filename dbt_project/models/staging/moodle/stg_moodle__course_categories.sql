with source as (
    select * from {{ source('moodle', 'mdl_course_categories') }}
),

renamed as (
    select
        _instance as instance,
        id as course_category_id,
        nullif(parent, 0) as parent_course_category_id,
        name as category_name,
        idnumber as id_number,
        path as category_path,
        depth as category_depth,
        {{ flag('visible = 1') }} as is_visible,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
