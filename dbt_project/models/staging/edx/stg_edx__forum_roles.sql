with landed as (
    select * from {{ source('edx', 'django_comment_client_role_users') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        name as role
    from landed
)

select * from renamed
