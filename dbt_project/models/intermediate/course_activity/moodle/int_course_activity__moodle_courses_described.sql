with courses as (
    select * from {{ ref('stg_moodle__courses') }}
    where is_site = {{ bool(false) }}
),

categories as (
    select * from {{ ref('stg_moodle__course_categories') }}
),

final as (
    select
        {{ platform_key('moodle', ['courses.instance', 'courses.course_id']) }} as course_run_key,
        courses.instance,
        courses.course_id,
        courses.short_name,
        courses.full_name,
        categories.category_name,
        courses.is_visible,
        courses.is_completion_tracked,
        courses.starts_on,
        courses.starts_at,
        courses.ends_at
    from courses
    left join categories
        on courses.instance = categories.instance
        and courses.course_category_id = categories.course_category_id
)

select * from final
