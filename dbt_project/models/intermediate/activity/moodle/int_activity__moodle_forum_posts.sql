with posts as (
    select * from {{ ref('stg_moodle__forum_posts') }}
),

discussions as (
    select * from {{ ref('stg_moodle__forum_discussions') }}
),

forums as (
    select * from {{ ref('stg_moodle__forums') }}
),

final as (
    select
        posts.instance,
        posts.forum_post_id,
        posts.parent_forum_post_id,
        posts.forum_discussion_id,
        discussions.forum_id,
        forums.forum_type,
        {{ platform_key('moodle', ['posts.instance', 'discussions.course_id']) }} as place_key,
        posts.user_id as account_id,
        posts.private_reply_to_user_id,
        posts.is_text_removed,
        posts.word_count,
        cast(posts.created_at as date) as posted_on,
        posts.created_at as posted_at
    from posts
    inner join discussions
        on posts.instance = discussions.instance
        and posts.forum_discussion_id = discussions.forum_discussion_id
    left join forums
        on discussions.instance = forums.instance
        and discussions.forum_id = forums.forum_id
    where posts.created_at is not null
)

select * from final
