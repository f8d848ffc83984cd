with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        total_results as result_count
    from landed
    where family = 'search'
)

select * from renamed
