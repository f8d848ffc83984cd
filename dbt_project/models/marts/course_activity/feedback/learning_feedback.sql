{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[
        {'of': 'int_activity__enrolments_spanned', 'by': ['person_key', 'course_run_key']},
        {'of': 'int_activity__weeks_to_date', 'by': ['week_starts_on']}
    ],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

-- What int_activity__enrolment_weeks joins, and is fingerprinted for it:
-- depends_on: {{ ref('int_activity__enrolments_spanned') }}
-- depends_on: {{ ref('int_activity__weeks_to_date') }}
with weeks as (
    select weeks.* from {{ ref('int_activity__enrolment_weeks') }} as weeks
    {{ with_changed_keys('weeks') }}
),

activity as (
    select * from {{ ref('int_activity__learner_weeks') }}
),

-- What is known of a learner after a week with activity holds until the next such week.
known as (
    select
        person_key,
        course_run_key,
        week_starts_on,
        coalesce(
            lead(week_starts_on) over (partition by person_key, course_run_key order by week_starts_on),
            cast('9999-12-31' as date)
        ) as next_week,
        max(last_active_on) over (
            partition by person_key, course_run_key order by week_starts_on
            rows between unbounded preceding and current row
        ) as last_seen_on
    from activity
),

final as (
    select
        weeks.platform,
        weeks.instance,
        weeks.person_key,
        weeks.account_key,
        weeks.course_run_key,
        weeks.week_starts_on,
        weeks.is_current as is_current_week,
        weeks.is_activity_recorded,
        coalesce(activity.active_acts, 0) as active_acts,
        coalesce(activity.played_video_acts, 0) as played_video_acts,
        coalesce(activity.attempted_problem_acts, 0) as attempted_problem_acts,
        coalesce(activity.posted_forum_acts, 0) as posted_forum_acts,
        coalesce(activity.active_days, 0) as days_with_activity,
        coalesce(activity.sessions, 0) as sessions,
        {{ minutes_on_task('activity.seconds_5') }} as minutes_5_minute_timeout,
        {{ minutes_on_task('activity.seconds_30') }} as minutes_30_minute_timeout,
        known.last_seen_on,
        {{ days_since_last_seen('known.last_seen_on', 'weeks.week_ends_on', 'weeks.as_of_date') }}
            as days_since_last_seen,
        weeks.status as current_status,
        weeks.mode as current_mode,
        weeks.progress_percent as current_progress_percent,
        weeks.grade_percent as current_grade_percent,
        weeks.is_completed as is_completed_now,
        weeks.enrolled_at
    from weeks
    left join activity
        on weeks.person_key = activity.person_key
        and weeks.course_run_key = activity.course_run_key
        and weeks.week_starts_on = activity.week_starts_on
    left join known
        on weeks.person_key = known.person_key
        and weeks.course_run_key = known.course_run_key
        and weeks.week_starts_on >= known.week_starts_on
        and weeks.week_starts_on < known.next_week
)

select * from final
