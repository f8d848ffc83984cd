-- From the week of the enrolment, or of an earlier first act, to that of the end, or of a later last act:
-- a week in which nothing happened has a row, too. None is after as of.
with enrolments as (
    select * from {{ ref('course_enrolments') }}
),

course_runs as (
    select * from {{ ref('dim_course_runs') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

weeks as (
    select distinct
        week_starts_on,
        {{ add_days('week_starts_on', 6) }} as week_ends_on
    from {{ ref('dim_dates') }}
),

activity as (
    select
        person_key,
        course_run_key,
        min(week_starts_on) as first_week,
        max(week_starts_on) as last_week
    from {{ ref('int_activity__learner_weeks') }}
    group by person_key, course_run_key
),

spanned as (
    select
        enrolments.person_key,
        enrolments.course_run_key,
        coalesce(cast(enrolments.enrolled_at as date), activity.first_week, run_clock.as_of_date)
            as enrolled_on,
        coalesce(cast(enrolments.ends_at as date), cast(course_runs.ends_at as date), run_clock.as_of_date)
            as ends_on,
        activity.first_week,
        activity.last_week,
        run_clock.as_of_date
    from enrolments
    inner join course_runs on enrolments.course_run_key = course_runs.course_run_key
    left join activity
        on enrolments.person_key = activity.person_key
        and enrolments.course_run_key = activity.course_run_key
    cross join run_clock
),

final as (
    select
        spanned.person_key,
        spanned.course_run_key,
        weeks.week_starts_on,
        weeks.week_ends_on,
        spanned.as_of_date
    from spanned
    inner join weeks
        on spanned.as_of_date >= weeks.week_starts_on
        and (spanned.enrolled_on <= weeks.week_ends_on or spanned.first_week <= weeks.week_starts_on)
        and (spanned.ends_on >= weeks.week_starts_on or spanned.last_week >= weeks.week_starts_on)
)

select * from final
