with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        block_id,
        submission_uuid,

        attempt_number,
        score_type
    from landed
    where family = 'ora'
)

select * from renamed
