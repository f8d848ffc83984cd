{{ config(
    materialized='incremental',
    incremental_strategy='replace_changed',
    changes=[{'of': 'int_activity__learner_stretches', 'by': ['week_starts_on']}],
    pre_hook="{{ count_changes() }}",
    post_hook="{{ remember_changes() }}"
) }}

with stretches as (
    select learner_stretches.* from {{ ref('int_activity__learner_stretches') }} as learner_stretches
    {{ with_changed_keys('learner_stretches') }}
    where learner_stretches.course_run_key is not null
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
    from stretches
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
        session_began_at
    from stretches
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

joined as (
    select
        counted.*,
        visits_counted.sessions
    from counted
    inner join visits_counted
        on counted.person_key = visits_counted.person_key
        and counted.course_run_key = visits_counted.course_run_key
        and counted.week_starts_on = visits_counted.week_starts_on
),

final as (
    select
        *,
        {{ row_hash([
            'person_key', 'course_run_key', 'week_starts_on', 'active_acts', 'played_video_acts', 'attempted_problem_acts',
            'posted_forum_acts', 'active_days', 'last_active_on', 'seconds_5', 'seconds_30', 'sessions'
        ]) }} as row_hash
    from joined
)

select * from final
