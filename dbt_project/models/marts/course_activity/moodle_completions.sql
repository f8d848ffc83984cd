with people as (
    select * from {{ ref('int_course_activity__moodle_people_placed') }}
),

progress as (
    select * from {{ ref('int_course_activity__moodle_progress_measured') }}
),

course_grades as (
    select * from {{ ref('int_course_activity__moodle_course_grades_picked') }}
),

quizzes as (
    select * from {{ ref('int_course_activity__moodle_quizzes_summed') }}
),

assignments as (
    select * from {{ ref('int_course_activity__moodle_assignments_summed') }}
),

activity as (
    select * from {{ ref('int_course_activity__moodle_last_activity_found') }}
),

final as (
    select
        people.instance,
        people.person_key,
        people.user_id as account_key,
        people.course_run_key,
        course_grades.final_grade as course_grade,
        course_grades.grade_min as course_grade_min,
        course_grades.grade_max as course_grade_max,
        course_grades.grade_percent,
        progress.progress_percent,
        progress.activities_tracked,
        progress.activities_completed,
        coalesce(quizzes.quizzes, 0) as quizzes,
        coalesce(quizzes.quizzes_attempted, 0) as quizzes_attempted,
        coalesce(quizzes.quiz_attempts, 0) as quiz_attempts,
        quizzes.quiz_grade_percent,
        coalesce(assignments.assignments, 0) as assignments,
        coalesce(assignments.assignments_submitted, 0) as assignments_submitted,
        coalesce(activity.active_days, 0) as active_days,
        people.is_enrolled,
        {{ flag('progress.completed_at is not null') }} as is_completed,
        {{ flag('course_grades.is_overridden = ' ~ bool(true)) }} as is_grade_overridden,
        progress.completed_at,
        course_grades.graded_at,
        activity.last_active_at
    from people
    left join progress
        on people.person_key = progress.person_key
        and people.course_run_key = progress.course_run_key
    left join course_grades
        on people.instance = course_grades.instance
        and people.user_id = course_grades.user_id
        and people.course_id = course_grades.course_id
    left join quizzes
        on people.person_key = quizzes.person_key
        and people.course_run_key = quizzes.course_run_key
    left join assignments
        on people.person_key = assignments.person_key
        and people.course_run_key = assignments.course_run_key
    left join activity
        on people.instance = activity.instance
        and people.user_id = activity.user_id
        and people.course_id = activity.course_id
)

select * from final
