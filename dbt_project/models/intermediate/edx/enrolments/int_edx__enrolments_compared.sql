with snapshots as (
    select * from {{ ref('int_edx__snapshot_enrolments') }}
),

replayed as (
    select * from {{ ref('int_edx__enrolments_replayed') }}
),

run_snapshots as (
    select * from {{ ref('int_edx__run_snapshots') }}
),

both_told as (
    select
        instance,
        user_id,
        course_key
    from snapshots
    union
    select
        instance,
        user_id,
        course_key
    from replayed
),

final as (
    select
        both_told.instance,
        both_told.user_id,
        both_told.course_key,
        run_snapshots.entity,
        run_snapshots.course_run_key,
        coalesce(run_snapshots.course_id, replayed.course_id) as course_id,
        run_snapshots.snapshot_date,
        {{ enrolment_difference('run_snapshots', 'snapshots', 'replayed') }} as difference,
        snapshots.is_active as is_enrolled_in_snapshot,
        snapshots.mode as mode_in_snapshot,
        snapshots.enrolled_at,
        case replayed.enrolled_known when 1 then {{ bool(true) }} when 0 then {{ bool(false) }} end
            as is_enrolled_in_logs,
        replayed.mode_known as mode_in_logs,
        replayed.first_act_at,
        replayed.last_act_at,
        replayed.activations,
        replayed.deactivations,
        replayed.mode_changes
    from both_told
    left join snapshots
        on both_told.instance = snapshots.instance
        and both_told.user_id = snapshots.user_id
        and both_told.course_key = snapshots.course_key
    left join replayed
        on both_told.instance = replayed.instance
        and both_told.user_id = replayed.user_id
        and both_told.course_key = replayed.course_key
    left join run_snapshots
        on both_told.instance = run_snapshots.instance
        and both_told.course_key = run_snapshots.course_key
)

select * from final
