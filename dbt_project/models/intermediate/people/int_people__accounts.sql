with accounts as (
    {% set union = joiner('union all') -%}
    {%- if platform_enabled('subscriptions') %}
    {{ union() }}
    select
        'subscriptions' as platform,
        instance,
        contact_id as account_id,
        email_pseudonym,
        account_kind,
        email_domain_class,
        'school_contact' as account_role,
        {{ bool(false) }} as is_deleted,
        created_at as first_seen_at,
        updated_at as last_seen_at
    from {{ ref('stg_subscriptions__contacts') }}
    {%- endif %}
    {%- if platform_enabled('moodle') %}
    {{ union() }}
    select
        'moodle' as platform,
        instance,
        user_id as account_id,
        email_pseudonym,
        account_kind,
        email_domain_class,
        'platform_user' as account_role,
        is_deleted,
        created_at as first_seen_at,
        last_accessed_at as last_seen_at
    from {{ ref('stg_moodle__users') }}
    {%- endif %}
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
        is_deleted,
        first_seen_at,
        last_seen_at
    from accounts
)

select * from final
