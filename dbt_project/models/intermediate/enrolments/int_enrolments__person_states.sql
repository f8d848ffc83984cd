{{ config(materialized='table') }}

with states as (
    select * from {{ ref('int_enrolments__states_unioned') }}
),

spans as (
    select
        *,
        lead(state_date) over (
            partition by platform, instance, course_run_key, person_key, unit_key order by state_date
        ) as next_date
    from states
),

days as (
    select distinct
        course_run_key,
        person_key,
        state_date
    from states
),

-- A person may have two accounts on a run, or two stays in a class: enrolled while one is, a paid mode first.
ranked as (
    select
        spans.platform,
        spans.instance,
        days.course_run_key,
        days.person_key,
        days.state_date,
        spans.enrolled,
        spans.mode,
        spans.known_to,
        row_number() over (
            partition by days.course_run_key, days.person_key, days.state_date
            order by
                spans.enrolled desc,
                case when {{ is_paid_mode('spans.mode') }} then 0 else 1 end asc,
                spans.state_date desc,
                spans.unit_key asc
        ) as place
    from days
    inner join spans
        on days.course_run_key = spans.course_run_key
        and days.person_key = spans.person_key
        and days.state_date >= spans.state_date
        and (spans.next_date is null or days.state_date < spans.next_date)
),

final as (
    select
        platform,
        instance,
        course_run_key,
        person_key,
        state_date,
        enrolled,
        mode,
        known_to,
        lag(enrolled) over (partition by course_run_key, person_key order by state_date) as enrolled_before,
        lag(mode) over (partition by course_run_key, person_key order by state_date) as mode_before
    from ranked
    where place = 1
)

select * from final
