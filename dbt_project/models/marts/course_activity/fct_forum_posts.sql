-- One platform more is its rows here, with these columns.
with
{% if platform_enabled('moodle') -%}
moodle_posts as (
    select * from {{ ref('int_activity__moodle_forum_posts') }}
),

{% endif %}
{%- if platform_enabled('edx') -%}
edx_posts as (
    select * from {{ ref('int_activity__edx_forum_posts') }}
),

{% endif -%}
learners as (
    select * from {{ ref('int_activity__learners_unioned') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

posts as (
    {% set union = joiner('union all') -%}
    {%- if platform_enabled('moodle') %}
    {{ union() }}
    select
        'moodle' as platform,
        instance,
        cast(forum_post_id as {{ t_text(64) }}) as forum_post_id,
        cast(parent_forum_post_id as {{ t_text(64) }}) as parent_forum_post_id,
        cast(forum_discussion_id as {{ t_text(64) }}) as forum_discussion_id,
        cast(forum_id as {{ t_text(255) }}) as forum_id,
        forum_type,
        account_id,
        place_key,
        posted_on,
        posted_at,
        {{ flag('private_reply_to_user_id is not null') }} as is_private,
        is_text_removed,
        word_count
    from moodle_posts
    {%- endif %}
    {%- if platform_enabled('edx') %}
    {{ union() }}
    select
        'edx' as platform,
        instance,
        post_id as forum_post_id,
        parent_post_id as parent_forum_post_id,
        thread_id as forum_discussion_id,
        topic_id as forum_id,
        cast(null as {{ t_text(20) }}) as forum_type,
        account_id,
        place_key,
        posted_on,
        posted_at,
        {{ bool(false) }} as is_private,
        {{ bool(false) }} as is_text_removed,
        cast(null as bigint) as word_count
    from edx_posts
    {%- endif %}
),

final as (
    select
        posts.platform,
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
        posts.is_private,
        posts.is_text_removed,
        posts.word_count
    from posts
    inner join learners
        on posts.platform = learners.platform
        and posts.instance = learners.instance
        and posts.account_id = learners.account_id
        and posts.place_key = learners.place_key
    inner join run_clock on posts.posted_on <= run_clock.as_of_date
    where posts.posted_on >= cast('{{ var('calendar_starts_on') }}' as date)
)

select * from final
