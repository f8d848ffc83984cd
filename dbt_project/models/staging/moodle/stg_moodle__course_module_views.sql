with source as (
    select * from {{ source('moodle', 'mdl_course_modules_viewed') }}
),

renamed as (
    select
        _instance as instance,
        id as course_module_view_id,
        coursemoduleid as course_module_id,
        userid as user_id,
        {{ moodle_time('timecreated') }} as first_viewed_at
    from source
)

select * from renamed
