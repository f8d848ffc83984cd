with checks as (
    select * from {{ ref('int_edx__problem_checks_counted') }}
),

accounts as (
    select * from {{ ref('int_edx__log_accounts_placed') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

final as (
    select
        checks.instance,
        checks.line_hash,
        checks.event_date,
        checks.occurred_at,
        accounts.user_id,
        accounts.person_key,
        accounts.course_run_key,
        checks.block_id,
        checks.attempt_number,
        checks.outcome,
        checks.points_earned,
        checks.points_possible,
        checks.answers,
        checks.tags,
        {{ row_hash([
            'checks.row_hash', 'accounts.user_id', 'accounts.person_key', 'accounts.course_run_key'
        ]) }} as row_hash
    from checks
    inner join accounts
        on checks.instance = accounts.instance
        and checks.course_key = accounts.course_key
        and checks.account_id = accounts.account_id
    inner join run_clock on checks.event_date <= run_clock.as_of_date
    where checks.event_date >= cast('{{ var('calendar_starts_on') }}' as date)
)

select * from final
