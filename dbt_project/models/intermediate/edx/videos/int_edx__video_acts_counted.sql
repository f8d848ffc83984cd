with video_events as (
    select
        *,
        coalesce(user_id, username_pseudonym) as account_id
    from {{ ref('stg_edx__video_events') }}
    where
        act in ('play_video', 'pause_video', 'stop_video', 'seek_video')
),

-- A player that is paused at the beginning may not say where; one that says what is no number says no place.
-- Of other acts nothing landed then, and a field that no viewing asks for breaks none.
placed as (
    select
        *,
        case
            when act = 'seek_video' then seek_from_seconds
            when act = 'pause_video' and is_payload_broken = {{ bool(false) }}
                then coalesce(position_seconds, 0)
            else position_seconds
        end as at_seconds
    from video_events
    where
        account_id is not null
        and course_key is not null
        and block_id is not null
),

final as (
    select
        instance,
        file_key,
        event_date,
        line_hash,
        account_id,
        course_id,
        course_key,
        block_id,
        occurred_at,
        act,
        at_seconds,
        case when act = 'seek_video' then seek_to_seconds end as seek_to_seconds,
        -- -1 is edX's own word for a length that nobody knows
        nullif(nullif(video_seconds, 0), -1) as video_seconds,
        player,
        app
    from placed
    where
        {{ is_possible_position('at_seconds') }}
        and (act <> 'seek_video' or {{ is_possible_position('seek_to_seconds') }})
)

select * from final
