{# What: course runs of Moodle and classes where the people enrolled on the newest day of fct_enrolments_daily
   are not as many as those with the status active in course_enrolments. When: always a fault of our SQL, never of the
   data. Resolve: compare the person's row in course_enrolments with those of int_enrolments__person_states. #}
{{ config(enabled=platform_enabled('moodle') or platform_enabled('classroom')) }}

with daily as (
    select * from {{ ref('fct_enrolments_daily') }}
    where platform <> 'edx'
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

enrolments as (
    select * from {{ ref('course_enrolments') }}
    where platform <> 'edx'
),

counted as (
    select
        daily.course_run_key,
        daily.enrolments as by_day,
        0 as by_person
    from daily
    inner join run_clock on daily.enrolment_date = run_clock.as_of_date
    union all
    select
        course_run_key,
        0 as by_day,
        1 as by_person
    from enrolments
    where status = 'active'
)

select
    course_run_key,
    sum(by_day) as enrolled_by_day,
    sum(by_person) as enrolled_by_person
from counted
group by course_run_key
having sum(by_day) <> sum(by_person)
