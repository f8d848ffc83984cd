with users as (
    select * from {{ ref('stg_classroom__users') }}
),

login_days as (
    select * from {{ ref('int_engagement__classroom_login_days') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

{{ last_seen('login_days', 'run_clock', account='user_id') }},

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
        last_seen.last_seen_at
    from users
    left join last_seen
        on users.instance = last_seen.instance
        and users.user_id = last_seen.user_id
)

select * from final
