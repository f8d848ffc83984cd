with landed as (
    select * from {{ source('edx', 'teams') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as team_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        nullif(trim(topic_id), '') as topic_id,
        nullif(trim(discussion_topic_id), '') as discussion_topic_id,

        nullif(trim(country), '') as country_code,
        nullif(trim(language), '') as language_code,
        team_size,
        organization_protected as is_organization_protected,

        date_created as created_at,
        last_activity_at as last_active_at
    from landed
)

select * from renamed
