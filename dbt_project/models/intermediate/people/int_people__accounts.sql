with accounts as (
    select * from {{ ref('int_people__platform_accounts') }}
),

final as (
    select
        platform,
        instance,
        account_id,
        coalesce(
            email_pseudonym,
            {{ platform_key('account', ['platform', 'instance', 'account_id']) }}
        ) as person_key,
        account_kind,
        email_domain_class,
        account_role,
        school_urn,
        is_deleted,
        first_seen_at,
        last_seen_at
    from accounts
)

select * from final
