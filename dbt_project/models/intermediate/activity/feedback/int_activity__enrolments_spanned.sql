{{ config(materialized='table') }}

with enrolments as (
    select * from {{ ref('course_enrolments') }}
),

course_runs as (
    select * from {{ ref('dim_course_runs') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
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

recorded_runs as (
    select distinct course_run_key
    from activity
),

dated as (
    select
        enrolments.*,
        {{ flag('recorded_runs.course_run_key is not null') }} as is_activity_recorded,
        coalesce(cast(enrolments.enrolled_at as date), activity.first_week, run_clock.as_of_date)
            as enrolled_on,
        coalesce(cast(enrolments.ends_at as date), cast(course_runs.ends_at as date)) as ends_on,
        activity.first_week,
        activity.last_week
    from enrolments
    inner join course_runs on enrolments.course_run_key = course_runs.course_run_key
    left join activity
        on enrolments.person_key = activity.person_key
        and enrolments.course_run_key = activity.course_run_key
    left join recorded_runs on enrolments.course_run_key = recorded_runs.course_run_key
    cross join run_clock
),

spanned as (
    select
        *,
        case when first_week < enrolled_on then first_week else enrolled_on end as from_date,
        case when last_week > ends_on then last_week else ends_on end as to_date
    from dated
),

final as (
    select
        platform,
        instance,
        person_key,
        account_key,
        course_run_key,
        is_activity_recorded,
        from_date,
        to_date,
        status,
        mode,
        progress_percent,
        grade_percent,
        is_completed,
        enrolled_at,
        {{ row_hash(
            [
                'platform', 'instance', 'person_key', 'account_key', 'course_run_key', 'is_activity_recorded', 'from_date',
                'to_date', 'status', 'mode', 'is_completed', 'enrolled_at'
            ],
            ['progress_percent', 'grade_percent']
        ) }} as row_hash
    from spanned
)

select * from final
