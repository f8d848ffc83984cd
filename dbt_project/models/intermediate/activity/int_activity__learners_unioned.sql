with learners as (
    {% set union = joiner('union all') -%}
    {% set platforms = ['moodle', 'classroom', 'bookshelf', 'reading', 'edx'] -%}
    {%- for platform in platforms if platform_enabled(platform) %}
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
    select
        *,
        {{ row_hash(['platform', 'instance', 'account_id', 'person_key', 'place_key', 'course_run_key']) }}
            as row_hash
    from learners
)

select * from final
