with weeks as (
    select * from {{ ref('int_activity__enrolment_weeks') }}
),

enrolments as (
    select * from {{ ref('course_enrolments') }}
),

activity as (
    select * from {{ ref('int_activity__learner_weeks') }}
),

recorded_runs as (
    select distinct course_run_key
    from activity
),

placed as (
    select
        weeks.*,
        activity.active_acts,
        activity.played_video_acts,
        activity.attempted_problem_acts,
        activity.posted_forum_acts,
        activity.active_days,
        activity.sessions,
        activity.seconds_5,
        activity.seconds_30,
        max(activity.last_active_on) over (
            partition by weeks.person_key, weeks.course_run_key
            order by weeks.week_starts_on
            rows between unbounded preceding and current row
        ) as last_seen_on
    from weeks
    left join activity
        on weeks.person_key = activity.person_key
        and weeks.course_run_key = activity.course_run_key
        and weeks.week_starts_on = activity.week_starts_on
),

final as (
    select
        enrolments.platform,
        enrolments.instance,
        placed.person_key,
        enrolments.account_key,
        placed.course_run_key,
        placed.week_starts_on,
        {{ flag('placed.week_ends_on >= placed.as_of_date') }} as is_current_week,
        {{ flag('recorded_runs.course_run_key is not null') }} as is_activity_recorded,
        coalesce(placed.active_acts, 0) as active_acts,
        coalesce(placed.played_video_acts, 0) as played_video_acts,
        coalesce(placed.attempted_problem_acts, 0) as attempted_problem_acts,
        coalesce(placed.posted_forum_acts, 0) as posted_forum_acts,
        coalesce(placed.active_days, 0) as days_with_activity,
        coalesce(placed.sessions, 0) as sessions,
        {{ minutes_on_task('placed.seconds_5') }} as minutes_5_minute_timeout,
        {{ minutes_on_task('placed.seconds_30') }} as minutes_30_minute_timeout,
        placed.last_seen_on,
        {{ days_since_last_seen('placed.last_seen_on', 'placed.week_ends_on', 'placed.as_of_date') }}
            as days_since_last_seen,
        enrolments.status as current_status,
        enrolments.mode as current_mode,
        enrolments.progress_percent as current_progress_percent,
        enrolments.grade_percent as current_grade_percent,
        enrolments.is_completed as is_completed_now,
        enrolments.enrolled_at
    from placed
    inner join enrolments
        on placed.person_key = enrolments.person_key
        and placed.course_run_key = enrolments.course_run_key
    left join recorded_runs on placed.course_run_key = recorded_runs.course_run_key
)

select * from final
