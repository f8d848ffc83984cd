with landed as (
    select * from {{ source('edx', 'tracking_events') }}
),

renamed as (
    select
        {{ edx_event_columns() }},

        {{ edx_act('event_type') }} as act,
        block_id,

        attempts as attempt_number,
        success as outcome,
        grade as points_earned,
        max_grade as points_possible,
        hint_index,
        answers,
        tags
    from landed
    where family = 'problem'
),

final as (
    select
        *,
        {{ flag("act = 'problem_check' and event_source = 'server'") }} as is_checked_by_server
    from renamed
)

select * from final
