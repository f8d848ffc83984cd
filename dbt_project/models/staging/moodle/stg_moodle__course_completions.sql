with source as (
    select * from {{ source('moodle', 'mdl_course_completions') }}
),

renamed as (
    select
        _instance as instance,
        id as course_completion_id,
        userid as user_id,
        course as course_id,
        {{ moodle_time('timeenrolled') }} as enrolled_at,
        {{ moodle_time('timestarted') }} as started_at,
        {{ moodle_time('timecompleted') }} as completed_at
    from source
)

select * from renamed
