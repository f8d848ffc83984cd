with source as (
    select * from {{ source('moodle', 'mdl_user_lastaccess') }}
),

renamed as (
    select
        _instance as instance,
        id as course_access_id,
        userid as user_id,
        courseid as course_id,
        {{ moodle_time('timeaccess') }} as last_accessed_at
    from source
)

select * from renamed
