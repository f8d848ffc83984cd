with people as (
    select * from {{ ref('int_course_activity__moodle_people_placed') }}
),

placed_quizzes as (
    select distinct
        instance,
        course_id,
        activity_id as quiz_id
    from {{ ref('int_course_activity__moodle_activities_placed') }}
    where module_name = 'quiz'
),

quizzes as (
    select * from {{ ref('stg_moodle__quizzes') }}
),

attempts as (
    select * from {{ ref('stg_moodle__quiz_attempts') }}
    where
        is_preview = {{ bool(false) }}
        and attempt_state <> 'notstarted'
),

attempted as (
    select
        instance,
        user_id,
        quiz_id,
        count(*) as attempts
    from attempts
    group by instance, user_id, quiz_id
),

-- Moodle does not forbid two rows for one person and quiz.
quiz_grades as (
    select
        instance,
        user_id,
        quiz_id,
        max(quiz_grade) as quiz_grade
    from {{ ref('stg_moodle__quiz_grades') }}
    group by instance, user_id, quiz_id
),

people_and_quizzes as (
    select
        people.person_key,
        people.course_run_key,
        coalesce(attempted.attempts, 0) as attempts,
        case
            when attempted.attempts > 0
                then {{ grade_percent('quiz_grades.quiz_grade', '0', 'quizzes.grade_max') }}
        end as grade_percent
    from people
    inner join placed_quizzes
        on people.instance = placed_quizzes.instance
        and people.course_id = placed_quizzes.course_id
    inner join quizzes
        on placed_quizzes.instance = quizzes.instance
        and placed_quizzes.quiz_id = quizzes.quiz_id
    left join attempted
        on people.instance = attempted.instance
        and people.user_id = attempted.user_id
        and quizzes.quiz_id = attempted.quiz_id
    left join quiz_grades
        on people.instance = quiz_grades.instance
        and people.user_id = quiz_grades.user_id
        and quizzes.quiz_id = quiz_grades.quiz_id
),

final as (
    select
        person_key,
        course_run_key,
        count(*) as quizzes,
        cast(sum(case when attempts > 0 then 1 else 0 end) as bigint) as quizzes_attempted,
        cast(sum(attempts) as bigint) as quiz_attempts,
        {{ average('grade_percent') }} as quiz_grade_percent
    from people_and_quizzes
    group by person_key, course_run_key
)

select * from final
