with platform_days as (
    {% set union = joiner('union all') -%}
    {%- for platform in ['moodle', 'classroom', 'bookshelf', 'reading'] if platform_enabled(platform) %}
    {{ union() }}
    select
        '{{ platform }}' as platform,
        instance,
        account_id,
        activity_date,
        activities
    from {{ ref('int_engagement__' ~ platform ~ '_days') }}
    {%- endfor %}
),

final as (
    select * from platform_days
)

select * from final
