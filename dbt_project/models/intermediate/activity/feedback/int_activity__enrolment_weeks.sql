-- From the week of the enrolment, or of an earlier first act, to that of the end, or of a later last act:
-- a week in which nothing happened has a row, too. None is after as of.
with enrolments as (
    select * from {{ ref('int_activity__enrolments_spanned') }}
),

weeks as (
    select * from {{ ref('int_activity__weeks_to_date') }}
),

final as (
    select
        enrolments.platform,
        enrolments.instance,
        enrolments.person_key,
        enrolments.account_key,
        enrolments.course_run_key,
        weeks.week_starts_on,
        weeks.week_ends_on,
        weeks.as_of_date,
        weeks.is_current,
        enrolments.is_activity_recorded,
        enrolments.status,
        enrolments.mode,
        enrolments.progress_percent,
        enrolments.grade_percent,
        enrolments.is_completed,
        enrolments.enrolled_at
    from enrolments
    inner join weeks
        on enrolments.from_date <= weeks.week_ends_on
        and (enrolments.to_date is null or enrolments.to_date >= weeks.week_starts_on)
)

select * from final
