with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        path_class
    from landed
    where family = 'request'
)

select * from renamed
