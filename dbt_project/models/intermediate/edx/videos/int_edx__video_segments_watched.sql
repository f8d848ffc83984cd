{%- set of_video = 'partition by instance, course_run_key, video_id' %}
{%- set so_far = 'rows between unbounded preceding and current row' %}
with viewings as (
    select
        *,
        {{ video_segment('from_seconds') }} as first_segment,
        {{ video_segment('to_seconds') }} as last_segment
    from {{ ref('fct_video_views') }}
),

-- A viewing is not laid out into its segments, of which a lecture has hundreds: it opens at one and is over
-- after another.
bounds as (
    select
        instance,
        course_run_key,
        video_id,
        account_key,
        first_segment as segment,
        1 as step
    from viewings
    union all
    select
        instance,
        course_run_key,
        video_id,
        account_key,
        last_segment + 1 as segment,
        -1 as step
    from viewings
),

stepped as (
    select
        instance,
        course_run_key,
        video_id,
        account_key,
        segment,
        cast(sum(step) as bigint) as views_more
    from bounds
    group by instance, course_run_key, video_id, account_key, segment
),

open_viewings as (
    select
        *,
        sum(views_more) over (
            partition by instance, course_run_key, video_id, account_key order by segment {{ so_far }}
        ) as views_now
    from stepped
),

steps as (
    select
        instance,
        course_run_key,
        video_id,
        segment,
        sum(views_more) as views_more,
        sum({{ video_users('views_now', 'views_more') }}) as users_more
    from open_viewings
    group by instance, course_run_key, video_id, segment
),

held as (
    select
        instance,
        course_run_key,
        video_id,
        segment,
        lead(segment) over ({{ of_video }} order by segment) - segment as segments,
        cast(sum(users_more) over ({{ of_video }} order by segment {{ so_far }}) as bigint) as users,
        cast(sum(views_more) over ({{ of_video }} order by segment {{ so_far }}) as bigint) as views
    from steps
),

-- Ten hours, the longest that counts, are 7,200 segments.
{{ numbers_of_digits(4) }},

watched as (
    select
        held.instance,
        held.course_run_key,
        held.video_id,
        cast(held.segment + numbers.number as bigint) as segment,
        held.users,
        held.views
    from held
    inner join numbers on held.segments > numbers.number
    where held.views > 0
),

lengths as (
    select
        instance,
        course_run_key,
        video_id,
        {{ known_video_seconds('video_seconds') }} as known_seconds
    from viewings
    group by instance, course_run_key, video_id
),

final as (
    select
        watched.*,
        lengths.known_seconds
    from watched
    inner join lengths
        on watched.instance = lengths.instance
        and watched.course_run_key = lengths.course_run_key
        and watched.video_id = lengths.video_id
)

select * from final
