with landed as (
    select * from {{ source('edx', 'course_groups_cohortmembership') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        name as cohort_name,
        nullif(trim(group_type), '') as group_type
    from landed
)

select * from renamed
