-- The snapshot is true up to its day; later posts, and those of runs whose forum never came, are in the logs.
with snapshot_posts as (
    select * from {{ ref('stg_edx__forum_posts') }}
    where
        created_at is not null
        and user_id is not null
),

forum_events as (
    select * from {{ ref('int_activity__edx_forum_events') }}
),

course_runs as (
    select
        instance,
        entity,
        {{ edx_course_key('course_id') }} as course_key
    from {{ ref('int_edx__course_runs') }}
),

snapshots as (
    select * from {{ ref('stg_edx__snapshots') }}
    where table_name = 'forum'
),

-- On the day of the snapshot a post can be younger than it.
since as (
    select
        forum_events.*,
        row_number() over (
            partition by forum_events.instance, forum_events.post_id
            order by forum_events.occurred_at, forum_events.line_hash, forum_events.file_key
        ) as place
    from forum_events
    inner join course_runs
        on forum_events.instance = course_runs.instance
        and forum_events.course_key = course_runs.course_key
    left join snapshots
        on course_runs.instance = snapshots.instance
        and course_runs.entity = snapshots.entity
    left join snapshot_posts
        on forum_events.instance = snapshot_posts.instance
        and forum_events.post_id = snapshot_posts.post_id
    where
        snapshot_posts.post_id is null
        and (snapshots.snapshot_date is null or forum_events.event_date >= snapshots.snapshot_date)
),

combined as (
    select
        instance,
        post_id,
        thread_id,
        parent_id,
        topic_id,
        course_key,
        user_id,
        created_at as posted_at
    from snapshot_posts
    union all
    select
        instance,
        post_id,
        thread_id,
        parent_id,
        topic_id,
        course_key,
        user_id,
        occurred_at as posted_at
    from since
    where place = 1
),

final as (
    select
        instance,
        post_id,
        coalesce(parent_id, thread_id) as parent_post_id,
        coalesce(thread_id, post_id) as thread_id,
        topic_id,
        {{ platform_key('edx', ['instance', 'course_key']) }} as place_key,
        user_id as account_id,
        cast(posted_at as date) as posted_on,
        posted_at
    from combined
)

select * from final
