with login_days as (
    select * from {{ ref('int_engagement__classroom_login_days') }}
),

scores as (
    select * from {{ ref('stg_classroom__scores') }}
),

progress as (
    select * from {{ ref('stg_classroom__progress') }}
),

-- Moments that never change once they are there; last_activity_at moves on and would take back counted days.
moments as (
    select
        instance,
        user_id,
        submitted_at as active_at
    from scores
    union all
    select
        instance,
        user_id,
        first_opened_at as active_at
    from progress
    union all
    select
        instance,
        user_id,
        completed_at as active_at
    from progress
),

all_days as (
    select
        instance,
        user_id,
        activity_date,
        activities
    from login_days
    union all
    select
        instance,
        user_id,
        cast(active_at as date) as activity_date,
        1 as activities
    from moments
    where
        active_at is not null
        and user_id is not null
),

final as (
    select
        instance,
        user_id as account_id,
        activity_date,
        cast(sum(activities) as bigint) as activities
    from all_days
    group by instance, user_id, activity_date
)

select * from final
