with source as (
    select * from {{ source('moodle', 'mdl_course_modules_completion') }}
),

renamed as (
    select
        _instance as instance,
        id as course_module_completion_id,
        coursemoduleid as course_module_id,
        userid as user_id,
        overrideby as overridden_by_user_id,
        completionstate as completion_state,
        {{ flag('completionstate in (1, 2)') }} as is_completed,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
