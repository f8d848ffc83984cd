with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        group_id as cohort_id
    from landed
    where family = 'cohort'
)

select * from renamed
