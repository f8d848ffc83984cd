with readings as (
    select * from {{ ref('stg_reading__progress') }}
),

quiz_results as (
    select * from {{ ref('stg_reading__quiz_results') }}
),

final as (
    select
        instance,
        account_id,
        cast(null as bigint) as course_id,
        'reading' as act,
        reading_id as act_id,
        cast(started_at as date) as activity_date,
        started_at as occurred_at,
        {{ add_seconds('started_at', sitting_seconds('seconds_active')) }} as ended_at
    from readings
    where started_at is not null
    union all
    select
        instance,
        account_id,
        cast(null as bigint) as course_id,
        'quiz_submitted' as act,
        attempt_id as act_id,
        cast(submitted_at as date) as activity_date,
        submitted_at as occurred_at,
        submitted_at as ended_at
    from quiz_results
    where submitted_at is not null
)

select * from final
