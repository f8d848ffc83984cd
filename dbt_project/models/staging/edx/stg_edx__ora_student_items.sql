with landed as (
    select * from {{ source('edx', 'submissions_studentitem') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as student_item_id,
        student_id as anonymous_user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        item_id as block_id,

        item_type
    from landed
)

select * from renamed
