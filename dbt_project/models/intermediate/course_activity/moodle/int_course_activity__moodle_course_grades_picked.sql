with grades as (
    select * from {{ ref('int_course_activity__moodle_grades_rescaled') }}
    where item_type = 'course'
),

-- Moodle keeps one total a course, but nothing in its database forbids a second.
ranked as (
    select
        *,
        row_number() over (partition by instance, user_id, course_id order by grade_item_id) as place
    from grades
),

final as (
    select
        instance,
        user_id,
        course_id,
        final_grade,
        grade_min,
        grade_max,
        grade_percent,
        is_overridden,
        graded_at
    from ranked
    where place = 1
)

select * from final
