with learners as (
    {% set union = joiner('union all') -%}
    {%- for platform in ['moodle', 'classroom', 'bookshelf', 'reading', 'edx'] if platform_enabled(platform) %}
    {{ union() }}
    select
        '{{ platform }}' as platform,
        instance,
        account_id,
        person_key,
        place_key,
        course_run_key
    from {{ ref('int_activity__' ~ platform ~ '_learners') }}
    {%- endfor %}
),

final as (
    select * from learners
)

select * from final
