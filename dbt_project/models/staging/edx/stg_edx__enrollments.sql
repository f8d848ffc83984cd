with landed as (
    select * from {{ source('edx', 'student_courseenrollment') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as enrollment_id,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        mode,
        is_active,

        created as enrolled_at
    from landed
)

select * from renamed
