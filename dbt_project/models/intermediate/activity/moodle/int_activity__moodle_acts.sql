with log_events as (
    select * from {{ ref('stg_moodle__log_events') }}
),

final as (
    select
        instance,
        user_id as account_id,
        course_id,
        event_name as act,
        log_event_id as act_id,
        occurred_on as activity_date,
        occurred_at,
        occurred_at as ended_at
    from log_events
    where {{ moodle_own_act() }}
)

select * from final
