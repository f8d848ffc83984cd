with accounts as (
    select * from {{ ref('int_people__platform_accounts') }}
),

-- What has no @ is no address: whoever wrote "none" or a dash would be one person otherwise.
addressed as (
    select
        accounts.*,
        case when email_domain_class = 'none' then null else email_pseudonym end as address
    from accounts
),

final as (
    select
        platform,
        instance,
        account_id,
        coalesce(
            address,
            {{ platform_key('account', ['platform', 'instance', 'account_id']) }}
        ) as person_key,
        account_kind,
        email_domain_class,
        account_role,
        school_urn,
        is_deleted,
        closed_at,
        first_seen_at,
        last_seen_at
    from addressed
)

select * from final
