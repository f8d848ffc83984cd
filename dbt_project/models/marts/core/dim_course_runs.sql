with course_runs as (
    {% set union = joiner('union all') -%}
    {%- if platform_enabled('moodle') %}
    {{ union() }}
    select
        course_run_key,
        'moodle' as platform,
        instance,
        {{ joined(['course_id']) }} as course_id,
        short_name,
        cast(null as {{ t_text(255) }}) as course_number,
        full_name as title,
        category_name as category,
        case when starts_on is not null then {{ academic_year('starts_on') }} end as academic_year,
        cast(null as {{ t_text(20) }}) as school_urn,
        is_visible,
        starts_on,
        starts_at,
        ends_at
    from {{ ref('int_course_activity__moodle_courses_described') }}
    {%- endif %}
    {%- if platform_enabled('classroom') %}
    {{ union() }}
    select
        course_run_key,
        'classroom' as platform,
        instance,
        {{ joined(['class_id']) }} as course_id,
        code as short_name,
        cast(null as {{ t_text(255) }}) as course_number,
        title,
        subject as category,
        academic_year,
        school_urn,
        is_visible,
        starts_on,
        starts_at,
        ends_at
    from {{ ref('int_course_activity__classroom_classes_described') }}
    {%- endif %}
    {%- if platform_enabled('edx') %}
    {{ union() }}
    select
        course_run_key,
        'edx' as platform,
        instance,
        course_id,
        run_number as short_name,
        course_number,
        title,
        cast(null as {{ t_text(255) }}) as category,
        case when starts_at is not null then {{ academic_year('starts_at') }} end as academic_year,
        cast(null as {{ t_text(20) }}) as school_urn,
        has_begun as is_visible,
        cast(starts_at as date) as starts_on,
        starts_at,
        ends_at
    from {{ ref('int_edx__course_runs') }}
    {%- endif %}
),

final as (
    select * from course_runs
)

select * from final
