with source as (
    select * from {{ source('moodle', 'mdl_quiz_grades') }}
),

renamed as (
    select
        _instance as instance,
        id as quiz_grade_id,
        quiz as quiz_id,
        userid as user_id,
        grade as quiz_grade,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
