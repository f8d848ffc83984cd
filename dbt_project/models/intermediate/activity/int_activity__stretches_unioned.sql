-- One platform more is its name here and in int_activity__learners_unioned, and its lines in activity_labels.
with stretches as (
    {% set union = joiner('union all') -%}
    {% set platforms = ['moodle', 'classroom', 'bookshelf', 'reading', 'edx'] -%}
    {%- for platform in platforms if platform_enabled(platform) %}
    {{ union() }}
    select
        '{{ platform }}' as platform,
        instance,
        account_id,
        case
            when course_id is null then {{ platform_key(platform, ['instance']) }}
            else {{ platform_key(platform, ['instance', 'course_id']) }}
        end as place_key,
        act,
        activity_date,
        day_part,
        acts,
        first_at,
        last_at,
        seconds_5,
        seconds_30,
        is_last_of_day,
        row_hash
    from {{ ref('int_activity__' ~ platform ~ '_stretches') }}
    {%- endfor %}
),

final as (
    select * from stretches
)

select * from final
