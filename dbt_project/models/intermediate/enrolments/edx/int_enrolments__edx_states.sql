with states as (
    select * from {{ ref('int_edx__enrolment_states') }}
),

run_snapshots as (
    select * from {{ ref('int_edx__run_snapshots') }}
),

users as (
    select * from {{ ref('int_edx__users') }}
),

course_staff as (
    select * from {{ ref('int_edx__course_staff') }}
),

accounts as (
    select * from {{ ref('int_people__accounts') }}
    where platform = 'edx'
),

log_days as (
    select * from {{ ref('int_edx__log_days') }}
),

snapshot_enrolments as (
    select * from {{ ref('int_edx__snapshot_enrolments') }}
),

replayed as (
    select * from {{ ref('int_edx__enrolments_replayed') }}
),

looks as (
    select
        instance,
        event_date as known_to
    from log_days
    union all
    select
        instance,
        snapshot_date as known_to
    from run_snapshots
),

known as (
    select
        instance,
        max(known_to) as known_to
    from looks
    group by instance
),

-- A log is of a day, a snapshot of a week: an account that no snapshot has is new, and counts. One whose
-- enrolment a snapshot has without the account is no learner in any mart; what a snapshot should have and
-- has not is no enrolment.
final as (
    select
        states.instance,
        run_snapshots.course_run_key,
        coalesce(
            accounts.person_key,
            {{ platform_key('account', ["'edx'", 'states.instance', 'states.user_id']) }}
        ) as person_key,
        states.user_id as unit_key,
        states.state_date,
        states.enrolled,
        states.mode,
        known.known_to
    from states
    inner join run_snapshots
        on states.instance = run_snapshots.instance
        and states.course_key = run_snapshots.course_key
    left join users
        on states.instance = users.instance
        and states.user_id = users.user_id
    left join course_staff
        on run_snapshots.instance = course_staff.instance
        and run_snapshots.entity = course_staff.entity
        and states.user_id = course_staff.user_id
    left join accounts
        on users.instance = accounts.instance
        and users.user_id = accounts.account_id
    left join snapshot_enrolments
        on states.instance = snapshot_enrolments.instance
        and states.user_id = snapshot_enrolments.user_id
        and states.course_key = snapshot_enrolments.course_key
    left join replayed
        on states.instance = replayed.instance
        and states.user_id = replayed.user_id
        and states.course_key = replayed.course_key
    left join known on states.instance = known.instance
    where
        (
            (snapshot_enrolments.user_id is not null and users.user_id is not null)
            or (
                snapshot_enrolments.user_id is null
                and (run_snapshots.snapshot_date is null or replayed.acts_before = 0)
            )
        )
        and coalesce(users.account_kind, 'learner') = 'learner'
        and course_staff.user_id is null
)

select * from final
