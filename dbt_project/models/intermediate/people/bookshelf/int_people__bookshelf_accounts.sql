with accounts as (
    select * from {{ ref('stg_bookshelf__accounts') }}
),

reading_days as (
    select * from {{ ref('int_engagement__bookshelf_days') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

-- A clock that is ahead has seen nobody yet.
last_readings as (
    select
        reading_days.instance,
        reading_days.account_id,
        max(reading_days.last_activity_at) as last_seen_at
    from reading_days
    inner join run_clock on reading_days.last_activity_at <= run_clock.as_of
    group by reading_days.instance, reading_days.account_id
),

final as (
    select
        accounts.instance,
        accounts.account_id,
        accounts.email_pseudonym,
        accounts.account_kind,
        accounts.email_domain_class,
        case
            when accounts.account_type in ('learner', 'teacher') then accounts.account_type
            else 'platform_user'
        end as account_role,
        accounts.school_urn,
        {{ flag('accounts.is_active = ' ~ bool(false)) }} as is_deleted,
        -- The platform keeps no day of closing; the account was closed when it last changed, or before.
        case when accounts.is_active = {{ bool(false) }} then accounts.updated_at end as closed_at,
        accounts.created_at as first_seen_at,
        last_readings.last_seen_at
    from accounts
    left join last_readings
        on accounts.instance = last_readings.instance
        and accounts.account_id = last_readings.account_id
)

select * from final
