-- A quiz of Moodle is handed in as a whole, as a problem of edX is; what is under way is no attempt yet.
-- Since Moodle 5.0 it is `submitted` until it is graded.
with attempts as (
    select * from {{ ref('stg_moodle__quiz_attempts') }}
    where
        is_preview = {{ bool(false) }}
        and attempt_state in ('finished', 'submitted')
        and finished_at is not null
),

quizzes as (
    select * from {{ ref('stg_moodle__quizzes') }}
),

learners as (
    select * from {{ ref('int_course_activity__moodle_learners_selected') }}
),

enrolments as (
    select * from {{ ref('int_course_activity__moodle_enrolments_combined') }}
),

courses as (
    select * from {{ ref('int_course_activity__moodle_courses_described') }}
),

placed as (
    select
        attempts.instance,
        attempts.quiz_attempt_id,
        attempts.finished_at,
        attempts.user_id,
        learners.person_key,
        courses.course_run_key,
        attempts.quiz_id,
        attempts.attempt_number,
        attempts.marks,
        quizzes.marks_max,
        row_number() over (
            partition by attempts.instance, attempts.user_id, attempts.quiz_id
            order by attempts.finished_at, attempts.quiz_attempt_id
        ) as place,
        count(*) over (partition by attempts.instance, attempts.user_id, attempts.quiz_id) as attempts_made
    from attempts
    inner join quizzes
        on attempts.instance = quizzes.instance
        and attempts.quiz_id = quizzes.quiz_id
    inner join courses
        on quizzes.instance = courses.instance
        and quizzes.course_id = courses.course_id
    inner join enrolments
        on attempts.instance = enrolments.instance
        and attempts.user_id = enrolments.user_id
        and quizzes.course_id = enrolments.course_id
    inner join learners
        on attempts.instance = learners.instance
        and attempts.user_id = learners.user_id
),

final as (
    select
        instance,
        quiz_attempt_id,
        finished_at,
        user_id,
        person_key,
        course_run_key,
        quiz_id,
        attempt_number,
        marks,
        marks_max,
        {{ flag('place = 1') }} as is_first,
        {{ flag('place = attempts_made') }} as is_last
    from placed
)

select * from final
