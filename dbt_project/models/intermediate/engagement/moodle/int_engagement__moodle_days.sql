with course_days as (
    select * from {{ ref('int_course_activity__moodle_days') }}
),

student_roles as (
    select * from {{ ref('int_course_activity__moodle_student_roles_collapsed') }}
),

-- A teacher's or an administrator's visit to a course is no attendance.
final as (
    select
        course_days.instance,
        course_days.user_id as account_id,
        course_days.activity_date,
        cast(sum(course_days.events) as bigint) as activities
    from course_days
    inner join student_roles
        on course_days.instance = student_roles.instance
        and course_days.user_id = student_roles.user_id
        and course_days.course_id = student_roles.course_id
    group by course_days.instance, course_days.user_id, course_days.activity_date
)

select * from final
