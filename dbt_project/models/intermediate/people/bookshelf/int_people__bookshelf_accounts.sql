with accounts as (
    select * from {{ ref('stg_bookshelf__accounts') }}
),

reading_days as (
    select * from {{ ref('int_engagement__bookshelf_days') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

{{ last_seen('reading_days', 'run_clock') }},

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
        last_seen.last_seen_at
    from accounts
    left join last_seen
        on accounts.instance = last_seen.instance
        and accounts.account_id = last_seen.account_id
)

select * from final
