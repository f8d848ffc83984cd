with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        block_id,
        completion as completion_share
    from landed
    where family = 'completion'
)

select * from renamed
