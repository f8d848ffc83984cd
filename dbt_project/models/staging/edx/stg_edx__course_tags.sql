with landed as (
    select * from {{ source('edx', 'user_api_usercoursetag') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as course_tag_id,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        tag_key,
        value as tag_value
    from landed
)

select * from renamed
