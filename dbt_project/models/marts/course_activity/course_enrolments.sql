with enrolments as (
    {% set union = joiner('union all') -%}
    {%- for platform in ['moodle', 'classroom', 'edx'] if platform_enabled(platform) %}
    {{ union() }}
    select
        platform,
        instance,
        person_key,
        account_key,
        course_run_key,
        role,
        status,
        mode,
        mode_since,
        grade_percent,
        progress_percent,
        is_completed,
        enrolled_at,
        starts_at,
        ends_at,
        last_active_at,
        completed_at
    from {{ ref('int_course_activity__' ~ platform ~ '_enrolments_measured') }}
    {%- endfor %}
),

final as (
    select * from enrolments
)

select * from final
