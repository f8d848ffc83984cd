with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        event_type,
        {{ edx_act('event_type') }} as act,
        family,
        {{ flag("family = 'request'") }} as is_request,
        {{ flag('done_by_another = ' ~ bool(true)) }} as is_done_by_another,

        block_id,
        lower(app) as app,
        payload
    from landed
)

select * from renamed
