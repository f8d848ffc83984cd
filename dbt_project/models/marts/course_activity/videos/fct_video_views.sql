with plays as (
    select * from {{ ref('int_edx__video_plays_joined') }}
    where outcome = 'viewed'
),

accounts as (
    select * from {{ ref('int_edx__log_accounts_placed') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

final as (
    select
        plays.instance,
        accounts.person_key,
        accounts.user_id as account_key,
        accounts.course_run_key,
        plays.block_id as video_id,
        plays.event_date as viewed_on,
        plays.played_at as started_at,
        plays.closed_at as ended_at,
        plays.closed_by as ended_by,
        plays.from_seconds,
        plays.to_seconds,
        {{ viewed_seconds('plays.from_seconds', 'plays.to_seconds') }} as viewed_seconds,
        plays.video_seconds,
        plays.player,
        plays.app
    from plays
    inner join accounts
        on plays.instance = accounts.instance
        and plays.course_key = accounts.course_key
        and plays.account_id = accounts.account_id
    inner join run_clock on plays.event_date <= run_clock.as_of_date
    where plays.event_date >= cast('{{ var('calendar_starts_on') }}' as date)
)

select * from final
