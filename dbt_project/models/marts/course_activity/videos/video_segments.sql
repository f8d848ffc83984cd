{%- set of_video = 'partition by instance, course_run_key, video_id' %}
with segments as (
    select * from {{ ref('int_edx__video_segments_watched') }}
),

in_order as (
    select
        *,
        lead(users) over ({{ of_video }} order by segment) as next_users
    from segments
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
        *,
        case
            when known_seconds is not null then {{ video_segment('known_seconds') }}
            else last_of_unknown
        end as final_segment
    from fallen
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
