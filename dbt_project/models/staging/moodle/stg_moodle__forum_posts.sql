with source as (
    select * from {{ source('moodle', 'mdl_forum_posts') }}
),

renamed as (
    select
        _instance as instance,
        id as forum_post_id,
        discussion as forum_discussion_id,
        nullif(parent, 0) as parent_forum_post_id,
        userid as user_id,
        privatereplyto as private_reply_to_user_id,
        wordcount as word_count,
        charcount as character_count,
        {{ flag('deleted = 1') }} as is_text_removed,
        {{ moodle_time('created') }} as created_at,
        {{ moodle_time('modified') }} as modified_at
    from source
)

select * from renamed
