with source as (
    select * from {{ source('moodle', 'mdl_course') }}
),

renamed as (
    select
        _instance as instance,
        id as course_id,
        category as course_category_id,
        fullname as full_name,
        shortname as short_name,
        idnumber as id_number,
        format as course_format,
        {{ flag('category = 0') }} as is_site,
        {{ flag('visible = 1') }} as is_visible,
        {{ flag('enablecompletion = 1') }} as is_completion_tracked,
        {{ moodle_day('startdate') }} as starts_on,
        {{ moodle_time('startdate') }} as starts_at,
        {{ moodle_time('enddate') }} as ends_at,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
