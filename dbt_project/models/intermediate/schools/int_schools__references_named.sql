{%- set others = [
    ('classroom', 'accounts', 'stg_classroom__users'),
    ('classroom', 'classes', 'stg_classroom__classes'),
    ('bookshelf', 'accounts', 'stg_bookshelf__accounts'),
    ('bookshelf', 'licences', 'stg_bookshelf__licences'),
] -%}

with organisations as (
    select * from {{ ref('stg_subscriptions__organisations') }}
),

keyed as (
    select * from {{ ref('int_schools__organisations') }}
),

{% for platform, named_in, model in others if platform_enabled(platform) -%}
{{ platform }}_{{ named_in }} as (
    select
        '{{ platform }}' as platform,
        instance,
        '{{ named_in }}' as named_in,
        school_urn as urn,
        is_school_urn_unusable as is_urn_unusable,
        count(*) as records
    from {{ ref(model) }}
    group by instance, school_urn, is_school_urn_unusable
),

{% endfor -%}
named as (
    select
        'subscriptions' as platform,
        keyed.instance,
        'organisations' as named_in,
        cast(keyed.organisation_id as {{ t_text(20) }}) as reference,
        keyed.school_key,
        organisations.urn,
        coalesce(organisations.is_urn_unusable, {{ bool(false) }}) as is_urn_unusable,
        keyed.is_placeholder,
        nullif(trim({{ without_at_sign('organisations.name') }}), '') as name,
        nullif(lower(trim(organisations.phase)), '') as phase,
        nullif(trim(organisations.region), '') as region,
        nullif(lower(trim(organisations.organisation_type)), '') as organisation_type,
        1 as records
    from keyed
    left join organisations
        on keyed.instance = organisations.instance
        and keyed.organisation_id = organisations.organisation_id
    -- What somebody typed instead of a number may be anything, so it is counted and not shown.
    {%- for platform, named_in, model in others if platform_enabled(platform) %}
    union all
    select
        platform,
        instance,
        named_in,
        case
            when urn is not null then urn
            when is_urn_unusable = {{ bool(true) }} then '(not usable)'
            else '(none)'
        end as reference,
        case when urn is not null then {{ joined(["'urn:'", 'urn']) }} end as school_key,
        urn,
        is_urn_unusable,
        {{ bool(false) }} as is_placeholder,
        cast(null as {{ t_text(200) }}) as name,
        cast(null as {{ t_text(20) }}) as phase,
        cast(null as {{ t_text(60) }}) as region,
        cast(null as {{ t_text(40) }}) as organisation_type,
        records
    from {{ platform }}_{{ named_in }}
    {%- endfor %}
),

final as (
    select * from named
)

select * from final
