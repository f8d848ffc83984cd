with readings as (
    select * from {{ ref('stg_reading__progress') }}
),

quiz_results as (
    select * from {{ ref('stg_reading__quiz_results') }}
),

reading_days as (
    select * from {{ ref('int_engagement__reading_days') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

items as (
    select
        instance,
        account_id,
        email_pseudonym,
        account_kind,
        email_domain_class,
        reader_role,
        started_at as happened_at,
        reading_id as item_id
    from readings
    union all
    select
        instance,
        account_id,
        email_pseudonym,
        account_kind,
        email_domain_class,
        reader_role,
        submitted_at as happened_at,
        attempt_id as item_id
    from quiz_results
),

-- An item without an address says nothing of whose account it is.
ranked as (
    select
        items.*,
        row_number() over (
            partition by instance, account_id
            order by
                case when email_pseudonym is null then 1 else 0 end asc,
                case when happened_at is null then 1 else 0 end asc,
                happened_at desc,
                item_id asc
        ) as from_newest
    from items
),

{{ last_seen('reading_days', 'run_clock') }},

final as (
    select
        ranked.instance,
        ranked.account_id,
        ranked.email_pseudonym,
        ranked.account_kind,
        ranked.email_domain_class,
        case
            when ranked.reader_role in ('learner', 'teacher') then ranked.reader_role
            else 'platform_user'
        end as account_role,
        cast(null as {{ t_text(20) }}) as school_urn,
        {{ bool(false) }} as is_deleted,
        cast(null as {{ t_timestamp() }}) as closed_at,
        cast(last_seen.first_seen_on as {{ t_timestamp() }}) as first_seen_at,
        last_seen.last_seen_at
    from ranked
    left join last_seen
        on ranked.instance = last_seen.instance
        and ranked.account_id = last_seen.account_id
    where ranked.from_newest = 1
)

select * from final
