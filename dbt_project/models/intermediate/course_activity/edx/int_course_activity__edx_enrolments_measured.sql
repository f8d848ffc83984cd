{{ config(materialized='table') }}

with results as (
    select * from {{ ref('int_edx__results_combined') }}
    where
        place_on_run = 1
        and is_enrolled is not null
),

run_snapshots as (
    select * from {{ ref('int_edx__run_snapshots') }}
),

replayed as (
    select * from {{ ref('int_edx__enrolments_replayed') }}
),

last_activity as (
    select * from {{ ref('int_edx__last_activity_found') }}
),

final as (
    select
        'edx' as platform,
        results.instance,
        results.person_key,
        results.user_id as account_key,
        results.course_run_key,
        'learner' as role,
        {{ snapshot_enrolment_status('results.is_enrolled') }} as status,
        results.enrolment_mode as mode,
        -- only the logs know since when, and only where they end in what the snapshot says
        case when replayed.mode_known = results.enrolment_mode then replayed.mode_since end as mode_since,
        {{ grade_percent('results.grade_share', '0', '1') }} as grade_percent,
        cast(null as {{ t_double() }}) as progress_percent,
        {{ flag('results.passing = 1 or results.earned = 1') }} as is_completed,
        results.enrolled_at,
        cast(null as {{ t_timestamp() }}) as starts_at,
        case
            when results.is_enrolled = {{ bool(false) }} and replayed.enrolled_known = 0 then replayed.left_at
        end as ends_at,
        last_activity.last_active_at,
        case
            when results.passing = 1 or results.earned = 1
                then {{ earned_at('results.passed_at', 'results.certificate_created_at') }}
        end as completed_at
    from results
    inner join run_snapshots on results.course_run_key = run_snapshots.course_run_key
    left join replayed
        on results.instance = replayed.instance
        and results.user_id = replayed.user_id
        and run_snapshots.course_key = replayed.course_key
    left join last_activity
        on results.instance = last_activity.instance
        and results.entity = last_activity.entity
        and results.user_id = last_activity.user_id
)

select * from final
