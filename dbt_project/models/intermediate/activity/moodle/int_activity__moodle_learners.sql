with enrolments as (
    select * from {{ ref('int_course_activity__moodle_enrolments_combined') }}
),

courses as (
    select * from {{ ref('int_course_activity__moodle_courses_described') }}
),

measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
    where
        platform = 'moodle'
        and is_closed = {{ bool(false) }}
),

final as (
    select
        enrolments.instance,
        enrolments.user_id as account_id,
        measured_accounts.person_key,
        courses.course_run_key as place_key,
        courses.course_run_key
    from enrolments
    inner join courses
        on enrolments.instance = courses.instance
        and enrolments.course_id = courses.course_id
    inner join measured_accounts
        on enrolments.instance = measured_accounts.instance
        and enrolments.user_id = measured_accounts.account_id
)

select * from final
