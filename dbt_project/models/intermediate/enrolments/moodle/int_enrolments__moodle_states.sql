with enrolments as (
    select * from {{ ref('int_course_activity__moodle_enrolments_combined') }}
),

learners as (
    select * from {{ ref('int_course_activity__moodle_learners_selected') }}
),

courses as (
    select * from {{ ref('int_course_activity__moodle_courses_described') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

dated as (
    select
        enrolments.instance,
        courses.course_run_key,
        learners.person_key,
        enrolments.user_id,
        enrolments.method,
        coalesce(
            cast(
                case
                    when enrolments.starts_at > enrolments.enrolled_at then enrolments.starts_at
                    else enrolments.enrolled_at
                end as date
            ),
            cast('{{ var('calendar_starts_on') }}' as date)
        ) as joined_on,
        case
            when enrolments.status = 'suspended'
                then cast(coalesce(enrolments.suspended_at, run_clock.as_of) as date)
            when enrolments.status = 'ended' then cast(enrolments.ends_at as date)
        end as left_on
    from enrolments
    inner join learners
        on enrolments.instance = learners.instance
        and enrolments.user_id = learners.user_id
    inner join courses
        on enrolments.instance = courses.instance
        and enrolments.course_id = courses.course_id
    cross join run_clock
),

final as (
    select
        instance,
        course_run_key,
        person_key,
        user_id as unit_key,
        joined_on as state_date,
        case when left_on <= joined_on then 0 else 1 end as enrolled,
        method as mode
    from dated
    union all
    select
        instance,
        course_run_key,
        person_key,
        user_id as unit_key,
        left_on as state_date,
        0 as enrolled,
        method as mode
    from dated
    where left_on > joined_on
)

select * from final
