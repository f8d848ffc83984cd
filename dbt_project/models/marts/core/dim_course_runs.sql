with moodle_courses as (
    select * from {{ ref('int_course_activity__moodle_courses_described') }}
),

final as (
    select
        course_run_key,
        'moodle' as platform,
        instance,
        {{ joined(['course_id']) }} as course_id,
        short_name,
        full_name as title,
        category_name as category,
        case when starts_on is not null then {{ academic_year('starts_on') }} end as academic_year,
        is_visible,
        starts_on,
        starts_at,
        ends_at
    from moodle_courses
)

select * from final
