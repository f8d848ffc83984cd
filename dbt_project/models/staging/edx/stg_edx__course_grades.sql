with landed as (
    select * from {{ source('edx', 'grades_persistentcoursegrade') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        percent_grade as grade_share,
        nullif(trim(letter_grade), '') as letter_grade,
        {{ flag("trim(letter_grade) <> ''") }} as is_passing,
        {{ flag('letter_grade is not null') }} as is_letter_known,
        grading_policy_hash,

        passed_timestamp as passed_at,
        created as created_at,
        modified as modified_at
    from landed
)

select * from renamed
