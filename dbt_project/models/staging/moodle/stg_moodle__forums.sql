with source as (
    select * from {{ source('moodle', 'mdl_forum') }}
),

renamed as (
    select
        _instance as instance,
        id as forum_id,
        course as course_id,
        name as forum_name,
        type as forum_type,
        {{ moodle_time('duedate') }} as due_at,
        {{ moodle_time('cutoffdate') }} as closes_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
