with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        block_id,
        player,
        lower(app) as app,

        "current_time" as position_seconds,
        old_time as seek_from_seconds,
        new_time as seek_to_seconds,
        case
            when seek_type = 'skip' then 'onSkipSeek'
            when seek_type = 'slide' then 'onSlideSeek'
            else seek_type
        end as seek_type,
        duration as video_seconds,
        old_speed,
        new_speed,
        {{ flag("payload = 'broken'") }} as is_payload_broken
    from landed
    where family = 'video'
)

select * from renamed
