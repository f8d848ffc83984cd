with landed as (
    select * from {{ source('edx', 'student_anonymoususerid') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as anonymous_id_row_id,
        user_id,
        anonymous_user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key
    from landed
)

select * from renamed
