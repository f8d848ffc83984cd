{%- set of_video = 'partition by instance, course_run_key, video_id' %}
{%- set so_far = 'rows between unbounded preceding and current row' %}
with viewings as (
    select
        *,
        {{ video_segment('from_seconds') }} as first_segment,
        {{ video_segment('to_seconds') }} as last_segment
    from {{ ref('fct_video_views') }}
),

-- A viewing is not laid out into its segments, of which a lecture has hundreds: it begins at one and is over after another.
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

in_order as (
    select
        *,
        lead(users) over ({{ of_video }} order by segment) as next_users
    from watched
),

compared as (
    select
        *,
        max(segment) over ({{ of_video }}) as last_watched,
        case when {{ falls_off('next_users', 'users') }} then segment end as falls_off_after
    from in_order
),

fallen as (
    select
        *,
        coalesce(max(falls_off_after) over ({{ of_video }}), last_watched) as last_of_unknown
    from compared
),

ended as (
    select
        fallen.*,
        lengths.known_seconds,
        case
            when lengths.known_seconds is not null then {{ video_segment('lengths.known_seconds') }}
            else fallen.last_of_unknown
        end as final_segment
    from fallen
    inner join lengths
        on fallen.instance = lengths.instance
        and fallen.course_run_key = lengths.course_run_key
        and fallen.video_id = lengths.video_id
),

measured as (
    select
        *,
        coalesce(known_seconds, 5 * (final_segment + 1) - 1) as video_seconds,
        max(case when segment = final_segment then 1 else 0 end) over ({{ of_video }}) as final_is_watched
    from ended
),

judged as (
    select
        *,
        {{ users_at_start('users', 'segment') }} over ({{ of_video }}) as users_at_start,
        {{ users_at_end('users', 'segment', 'video_seconds') }} over ({{ of_video }}) as users_at_end
    from measured
),

-- edX stops at the final segment, and so does not stop where nobody watched that one.
final as (
    select
        instance,
        course_run_key,
        video_id,
        segment,
        5 * segment as from_second,
        users,
        views,
        video_seconds,
        {{ flag('known_seconds is not null') }} as is_length_known,
        users_at_start,
        users_at_end
    from judged
    where
        segment <= final_segment
        or final_is_watched = 0
)

select * from final
