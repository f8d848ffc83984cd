with landed as (
    select * from {{ source('edx', 'student_courseaccessrole') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        role,
        nullif(trim(org), '') as org
    from landed
)

select * from renamed
