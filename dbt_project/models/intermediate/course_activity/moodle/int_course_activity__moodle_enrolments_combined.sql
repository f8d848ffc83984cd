with user_enrolments as (
    select * from {{ ref('stg_moodle__user_enrolments') }}
),

methods as (
    select * from {{ ref('stg_moodle__enrolment_methods') }}
),

learners as (
    select * from {{ ref('int_course_activity__moodle_learners_selected') }}
),

student_roles as (
    select * from {{ ref('int_course_activity__moodle_student_roles_collapsed') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

learner_enrolments as (
    select
        user_enrolments.instance,
        user_enrolments.user_id,
        methods.course_id,
        user_enrolments.user_enrolment_id,
        methods.method,
        {{ enrolment_status(
            suspended=[
                'user_enrolments.is_suspended = ' ~ bool(true),
                'methods.is_enabled = ' ~ bool(false),
                'learners.is_suspended = ' ~ bool(true),
            ],
            starts_at='user_enrolments.starts_at',
            ends_at='user_enrolments.ends_at',
            as_of='run_clock.as_of'
        ) }} as status,
        coalesce(user_enrolments.created_at, user_enrolments.starts_at) as enrolled_at,
        user_enrolments.starts_at,
        user_enrolments.ends_at,
        case when user_enrolments.is_suspended = {{ bool(true) }} then user_enrolments.modified_at end
            as suspended_at
    from user_enrolments
    inner join methods
        on user_enrolments.instance = methods.instance
        and user_enrolments.enrolment_method_id = methods.enrolment_method_id
    inner join learners
        on user_enrolments.instance = learners.instance
        and user_enrolments.user_id = learners.user_id
    inner join student_roles
        on user_enrolments.instance = student_roles.instance
        and user_enrolments.user_id = student_roles.user_id
        and methods.course_id = student_roles.course_id
    cross join run_clock
),

ranked as (
    select
        *,
        {{ status_rank('status') }} as status_rank,
        case when ends_at is null then 0 else 1 end as has_end
    from learner_enrolments
),

-- Moodle lets a person in while any method does, so the most favourable one speaks for all.
placed as (
    select
        *,
        row_number() over (
            partition by instance, user_id, course_id
            order by status_rank asc, has_end asc, ends_at desc, enrolled_at asc, user_enrolment_id asc
        ) as place,
        min(enrolled_at) over (partition by instance, user_id, course_id) as first_enrolled_at,
        count(*) over (partition by instance, user_id, course_id) as methods
    from ranked
),

final as (
    select
        instance,
        user_id,
        course_id,
        status,
        status_rank,
        method,
        methods,
        first_enrolled_at as enrolled_at,
        starts_at,
        ends_at,
        suspended_at
    from placed
    where place = 1
)

select * from final
