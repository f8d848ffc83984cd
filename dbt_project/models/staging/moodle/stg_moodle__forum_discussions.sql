with source as (
    select * from {{ source('moodle', 'mdl_forum_discussions') }}
),

renamed as (
    select
        _instance as instance,
        id as forum_discussion_id,
        course as course_id,
        forum as forum_id,
        firstpost as first_forum_post_id,
        userid as user_id,
        usermodified as last_posted_by_user_id,
        case when groupid > 0 then groupid end as group_id,
        {{ flag('pinned = 1') }} as is_pinned,
        {{ moodle_time('timestart') }} as shown_from,
        {{ moodle_time('timeend') }} as shown_until,
        {{ moodle_time('timemodified') }} as last_posted_at
    from source
)

select * from renamed
