with landed as (
    select * from {{ source('edx', 'verify_student_verificationstatus') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        checkpoint_location as block_id,

        status,
        recorded_at
    from landed
)

select * from renamed
