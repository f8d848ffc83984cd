with reading_sessions as (
    select * from {{ ref('stg_bookshelf__reading_sessions') }}
),

final as (
    select
        instance,
        account_id,
        cast(null as bigint) as course_id,
        'reading' as act,
        session_id as act_id,
        cast(started_at as date) as activity_date,
        started_at as occurred_at,
        {{ add_seconds('started_at', sitting_seconds('seconds_active')) }} as ended_at
    from reading_sessions
    where
        account_id is not null
        and started_at is not null
)

select * from final
