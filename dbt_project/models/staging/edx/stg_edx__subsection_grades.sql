with landed as (
    select * from {{ source('edx', 'grades_persistentsubsectiongrade') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        usage_key as block_id,

        earned_all as points_earned,
        possible_all as points_possible,
        earned_graded as graded_points_earned,
        possible_graded as graded_points_possible,

        first_attempted as first_attempted_at,
        created as created_at,
        modified as modified_at
    from landed
)

select * from renamed
