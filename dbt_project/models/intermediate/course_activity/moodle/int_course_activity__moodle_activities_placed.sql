with course_modules as (
    select * from {{ ref('stg_moodle__course_modules') }}
    where is_being_deleted = {{ bool(false) }}
),

modules as (
    select * from {{ ref('stg_moodle__modules') }}
),

final as (
    select
        course_modules.instance,
        course_modules.course_id,
        course_modules.course_module_id,
        modules.module_name,
        course_modules.activity_id,
        course_modules.is_completion_tracked
    from course_modules
    inner join modules
        on course_modules.instance = modules.instance
        and course_modules.module_id = modules.module_id
)

select * from final
