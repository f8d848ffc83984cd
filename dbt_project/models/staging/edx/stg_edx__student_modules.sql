with landed as (
    select * from {{ source('edx', 'courseware_studentmodule') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as student_module_id,
        student_id as user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        module_id as block_id,

        module_type,
        grade as points_earned,
        max_grade as points_possible,

        created as created_at,
        modified as modified_at
    from landed
)

select * from renamed
