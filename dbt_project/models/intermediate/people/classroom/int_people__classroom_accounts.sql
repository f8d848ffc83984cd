with users as (
    select * from {{ ref('stg_classroom__users') }}
),

login_days as (
    select * from {{ ref('int_engagement__classroom_login_days') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A clock that is ahead has seen nobody yet.
last_logins as (
    select
        login_days.instance,
        login_days.user_id,
        max(login_days.last_activity_at) as last_seen_at
    from login_days
    inner join run_clock on login_days.last_activity_at <= run_clock.as_of
    group by login_days.instance, login_days.user_id
),

final as (
    select
        users.instance,
        users.user_id as account_id,
        users.email_pseudonym,
        users.account_kind,
        users.email_domain_class,
        case
            when lower(users.role) = 'student' then 'learner'
            when lower(users.role) = 'teacher' then 'teacher'
            else 'platform_user'
        end as account_role,
        users.school_urn,
        users.is_deleted,
        case when users.is_deleted = {{ bool(true) }} then coalesce(users.deleted_at, users.updated_at) end
            as closed_at,
        users.created_at as first_seen_at,
        last_logins.last_seen_at
    from users
    left join last_logins
        on users.instance = last_logins.instance
        and users.user_id = last_logins.user_id
)

select * from final
