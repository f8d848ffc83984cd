with users as (
    select * from {{ ref('stg_edx__users') }}
),

snapshots as (
    select * from {{ ref('stg_edx__snapshots') }}
    where table_name = 'auth_user'
),

-- The same account stands in the file of every course it was ever enrolled on, as old as that file is. On one
-- day files are written one after the other: an account that is retired in one of them is retired.
ranked as (
    select
        users.*,
        snapshots.snapshot_date,
        row_number() over (
            partition by users.instance, users.user_id
            order by
                snapshots.snapshot_date desc,
                case when users.account_kind = 'retired' then 0 else 1 end asc,
                users.last_logged_in_at desc,
                users.entity asc
        ) as place
    from users
    left join snapshots
        on users.instance = snapshots.instance
        and users.entity = snapshots.entity
),

final as (
    select
        instance,
        user_id,
        email_pseudonym,
        email_domain_class,
        case
            when account_kind <> 'learner' then account_kind
            when is_staff = {{ bool(true) }} or is_superuser = {{ bool(true) }} then 'staff'
            else account_kind
        end as account_kind,
        created_at,
        last_logged_in_at,
        snapshot_date
    from ranked
    where place = 1
)

select * from final
