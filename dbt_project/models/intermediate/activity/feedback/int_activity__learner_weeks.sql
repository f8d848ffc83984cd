{{ config(materialized='table') }}

with stretches as (
    select * from {{ ref('int_activity__learner_stretches') }}
    where course_run_key is not null
),

dates as (
    select * from {{ ref('dim_dates') }}
),

placed as (
    select
        stretches.*,
        dates.week_starts_on
    from stretches
    inner join dates on stretches.activity_date = dates.date_day
),

counted as (
    select
        person_key,
        course_run_key,
        week_starts_on,
        cast(sum(case when label <> 'NONE' then acts else 0 end) as bigint) as active_acts,
        cast(sum(case when label = 'PLAYED_VIDEO' then acts else 0 end) as bigint) as played_video_acts,
        cast(sum(case when label = 'ATTEMPTED_PROBLEM' then acts else 0 end) as bigint)
            as attempted_problem_acts,
        cast(sum(case when label = 'POSTED_FORUM' then acts else 0 end) as bigint) as posted_forum_acts,
        count(distinct case when label <> 'NONE' then activity_date end) as active_days,
        max(case when label <> 'NONE' then activity_date end) as last_active_on,
        cast(sum(seconds_5) as bigint) as seconds_5,
        cast(sum(seconds_30) as bigint) as seconds_30
    from placed
    group by person_key, course_run_key, week_starts_on
),

-- Sessions are numbered by account.
visits as (
    select distinct
        person_key,
        course_run_key,
        week_starts_on,
        instance,
        account_id,
        session_number
    from placed
),

visits_counted as (
    select
        person_key,
        course_run_key,
        week_starts_on,
        count(*) as sessions
    from visits
    group by person_key, course_run_key, week_starts_on
),

final as (
    select
        counted.*,
        visits_counted.sessions
    from counted
    inner join visits_counted
        on counted.person_key = visits_counted.person_key
        and counted.course_run_key = visits_counted.course_run_key
        and counted.week_starts_on = visits_counted.week_starts_on
)

select * from final
