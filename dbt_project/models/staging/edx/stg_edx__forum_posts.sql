with landed as (
    select * from {{ source('edx', 'forum') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        _id as post_id,
        comment_thread_id as thread_id,
        parent_id,
        author_id as user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        nullif(trim(type), '') as post_type,
        nullif(trim(thread_type), '') as thread_type,
        nullif(trim(context), '') as context,
        commentable_id as topic_id,
        anonymous as is_anonymous,
        anonymous_to_peers as is_anonymous_to_peers,
        closed as is_closed,
        pinned as is_pinned,
        endorsed as is_endorsed,
        visible as is_visible,
        comment_count,
        child_count,
        depth,
        votes_up as up_votes,
        votes_down as down_votes,
        abuse_flags,

        created_at,
        updated_at,
        last_activity_at as last_active_at
    from landed
)

select * from renamed
