with posts as (
    select * from {{ ref('int_activity__moodle_forum_posts') }}
),

learners as (
    select * from {{ ref('int_activity__moodle_learners') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

final as (
    select
        'moodle' as platform,
        posts.instance,
        posts.forum_post_id,
        posts.parent_forum_post_id,
        posts.forum_discussion_id,
        posts.forum_id,
        posts.forum_type,
        learners.person_key,
        posts.account_id as account_key,
        learners.course_run_key,
        posts.posted_on,
        posts.posted_at,
        {{ flag('posts.parent_forum_post_id is not null') }} as is_reply,
        {{ flag('posts.private_reply_to_user_id is not null') }} as is_private,
        posts.is_text_removed,
        posts.word_count
    from posts
    inner join learners
        on posts.instance = learners.instance
        and posts.account_id = learners.account_id
        and posts.place_key = learners.place_key
    inner join run_clock on posts.posted_on <= run_clock.as_of_date
    where posts.posted_on >= cast('{{ var('calendar_starts_on') }}' as date)
)

select * from final
