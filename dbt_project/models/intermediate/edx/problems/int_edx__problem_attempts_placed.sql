{{ config(materialized='table') }}

with checks as (
    select * from {{ ref('int_edx__problem_checks_counted') }}
),

accounts as (
    select * from {{ ref('int_edx__log_accounts_placed') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A line whose clock is impossible stands on the day of its file; in two files it would stand on two days.
placed as (
    select
        checks.*,
        accounts.user_id,
        accounts.person_key,
        accounts.course_run_key,
        min(checks.event_date) over (partition by checks.instance, checks.line_hash) as first_date
    from checks
    inner join accounts
        on checks.instance = accounts.instance
        and checks.course_key = accounts.course_key
        and checks.account_id = accounts.account_id
    inner join run_clock on checks.event_date <= run_clock.as_of_date
    where checks.event_date >= cast('{{ var('calendar_starts_on') }}' as date)
),

ranked as (
    select
        *,
        row_number() over (
            partition by instance, course_run_key, user_id, block_id
            order by event_date, occurred_at, line_hash
        ) as place,
        count(*) over (partition by instance, course_run_key, user_id, block_id) as checks
    from placed
    where event_date = first_date
),

final as (
    select
        instance,
        line_hash,
        event_date,
        occurred_at,
        user_id,
        person_key,
        course_run_key,
        block_id,
        attempt_number,
        outcome,
        points_earned,
        points_possible,
        answers,
        tags,
        {{ flag('place = 1') }} as is_first,
        {{ flag('place = checks') }} as is_last
    from ranked
)

select * from final
