with source as (
    select * from {{ source('moodle', 'mdl_quiz_attempts') }}
),

renamed as (
    select
        _instance as instance,
        id as quiz_attempt_id,
        quiz as quiz_id,
        userid as user_id,
        attempt as attempt_number,
        state as attempt_state,
        sumgrades as marks,
        {{ flag('preview <> 0') }} as is_preview,
        {{ moodle_time('timestart') }} as started_at,
        {{ moodle_time('timefinish') }} as finished_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
