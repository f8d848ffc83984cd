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
        cast(null as {{ t_text(20) }}) as school_urn,
        {{ bool(false) }} as is_deleted,
        cast(null as {{ t_timestamp() }}) as closed_at,
        created_at as first_seen_at,
        updated_at as last_seen_at
    from {{ ref('stg_subscriptions__contacts') }}
    {%- endif %}
    {%- if platform_enabled('moodle') %}
    {{ union() }}
    select
        'moodle' as platform,
        instance,
        account_id,
        email_pseudonym,
        account_kind,
        email_domain_class,
        account_role,
        cast(null as {{ t_text(20) }}) as school_urn,
        is_deleted,
        cast(null as {{ t_timestamp() }}) as closed_at,
        first_seen_at,
        last_seen_at
    from {{ ref('int_people__moodle_accounts') }}
    {%- endif %}
    {%- for platform in ['classroom', 'bookshelf', 'reading', 'edx'] if platform_enabled(platform) %}
    {{ union() }}
    select
        '{{ platform }}' as platform,
        instance,
        account_id,
        email_pseudonym,
        account_kind,
        email_domain_class,
        account_role,
        school_urn,
        is_deleted,
        closed_at,
        first_seen_at,
        last_seen_at
    from {{ ref('int_people__' ~ platform ~ '_accounts') }}
    {%- endfor %}
    {%- set with_people = ['subscriptions', 'moodle', 'classroom', 'bookshelf', 'edx'] %}
    {%- if not with_people | select('in', env_var('WAREHOUSE_PLATFORMS', 'moodle').split(',')) | list %}
    {{ union() }}
    select
        cast(null as {{ t_text(40) }}) as platform,
        cast(null as {{ t_text(60) }}) as instance,
        cast(null as {{ t_text(120) }}) as account_id,
        cast(null as {{ t_text(120) }}) as email_pseudonym,
        cast(null as {{ t_text(20) }}) as account_kind,
        cast(null as {{ t_text(20) }}) as email_domain_class,
        cast(null as {{ t_text(20) }}) as account_role,
        cast(null as {{ t_text(20) }}) as school_urn,
        {{ bool(false) }} as is_deleted,
        cast(null as {{ t_timestamp() }}) as closed_at,
        cast(null as {{ t_timestamp() }}) as first_seen_at,
        cast(null as {{ t_timestamp() }}) as last_seen_at
    where 1 = 0
    {%- endif %}
),

final as (
    select * from accounts
)

select * from final
