with source as (
    select * from {{ source('moodle', 'mdl_course_modules') }}
),

renamed as (
    select
        _instance as instance,
        id as course_module_id,
        course as course_id,
        module as module_id,
        instance as activity_id,
        {{ flag('visible = 1') }} as is_visible,
        {{ flag('completion > 0') }} as is_completion_tracked,
        {{ flag('completionview = 1') }} as needs_view,
        {{ flag('deletioninprogress = 1') }} as is_being_deleted,
        {{ moodle_time('added') }} as added_at,
        {{ moodle_time('completionexpected') }} as expected_at
    from source
)

select * from renamed
