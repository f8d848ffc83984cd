with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        block_id,

        grade as points_earned,
        max_grade as points_possible,
        percent_grade as grade_share
    from landed
    where family = 'grades'
)

select * from renamed
