with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        block_id,

        old_tab,
        new_tab,
        tab_count,
        widget_placement,
        link_target
    from landed
    where family = 'navigation'
)

select * from renamed
