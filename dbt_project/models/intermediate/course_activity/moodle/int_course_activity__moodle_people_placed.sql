with enrolments as (
    select * from {{ ref('int_course_activity__moodle_enrolments_combined') }}
),

completions as (
    select * from {{ ref('stg_moodle__course_completions') }}
    where completed_at is not null
),

learners as (
    select * from {{ ref('int_course_activity__moodle_learners_selected') }}
),

courses as (
    select * from {{ ref('int_course_activity__moodle_courses_described') }}
),

user_enrolments as (
    select * from {{ ref('stg_moodle__user_enrolments') }}
),

methods as (
    select * from {{ ref('stg_moodle__enrolment_methods') }}
),

enrolled_in_any_role as (
    select distinct
        user_enrolments.instance,
        user_enrolments.user_id,
        methods.course_id
    from user_enrolments
    inner join methods
        on user_enrolments.instance = methods.instance
        and user_enrolments.enrolment_method_id = methods.enrolment_method_id
),

-- Who completed a course and was unenrolled afterwards keeps the completion in Moodle, and here.
completed_and_left as (
    select
        completions.instance,
        completions.user_id,
        completions.course_id
    from completions
    left join enrolled_in_any_role
        on completions.instance = enrolled_in_any_role.instance
        and completions.user_id = enrolled_in_any_role.user_id
        and completions.course_id = enrolled_in_any_role.course_id
    where enrolled_in_any_role.user_id is null
),

accounts_on_courses as (
    select
        instance,
        user_id,
        course_id,
        status_rank
    from enrolments
    union all
    select
        instance,
        user_id,
        course_id,
        9 as status_rank
    from completed_and_left
),

-- A person with two accounts on one course is shown by the better placed one.
ranked as (
    select
        learners.person_key,
        courses.course_run_key,
        accounts_on_courses.instance,
        accounts_on_courses.user_id,
        accounts_on_courses.course_id,
        row_number() over (
            partition by learners.person_key, courses.course_run_key
            order by accounts_on_courses.status_rank, accounts_on_courses.user_id
        ) as place
    from accounts_on_courses
    inner join learners
        on accounts_on_courses.instance = learners.instance
        and accounts_on_courses.user_id = learners.user_id
    inner join courses
        on accounts_on_courses.instance = courses.instance
        and accounts_on_courses.course_id = courses.course_id
),

final as (
    select
        ranked.person_key,
        ranked.course_run_key,
        ranked.instance,
        ranked.user_id,
        ranked.course_id,
        {{ flag('enrolments.user_id is not null') }} as is_enrolled,
        enrolments.status,
        enrolments.method,
        enrolments.enrolled_at,
        enrolments.starts_at,
        enrolments.ends_at
    from ranked
    left join enrolments
        on ranked.instance = enrolments.instance
        and ranked.user_id = enrolments.user_id
        and ranked.course_id = enrolments.course_id
    where ranked.place = 1
)

select * from final
