{# What: learners with more completed activities, attempted quizzes or handed-in assignments than the course
   has. When: always a fault of our SQL: work on activities that were removed has to be left out. Resolve: see
   the int_course_activity model of the count that is too high. #}
{{ config(enabled=platform_enabled('moodle')) }}

select
    person_key,
    course_run_key
from {{ ref('moodle_completions') }}
where
    activities_completed > activities_tracked
    or quizzes_attempted > quizzes
    or quizzes_attempted > quiz_attempts
    or assignments_submitted > assignments
    or progress_percent < 0
    or progress_percent > 100
    or (is_completed = {{ bool(true) }} and completed_at is null)
