{{ config(materialized='table') }}

with acts as (
    select * from {{ ref('int_edx__enrolment_acts_ordered') }}
),

run_snapshots as (
    select * from {{ ref('int_edx__run_snapshots') }}
),

-- Before: acts that the run's snapshot must have known. Known: those of its own day, too, which it may have.
in_order as (
    select
        acts.*,
        case acts.act when 'activated' then 1 when 'deactivated' then 0 end as sets,
        lag(acts.mode) over (
            partition by acts.instance, acts.user_id, acts.course_key order by acts.act_number
        ) as mode_before_act,
        case
            when run_snapshots.snapshot_date is null or acts.event_date < run_snapshots.snapshot_date then 1
            else 0
        end as is_before,
        case
            when run_snapshots.snapshot_date is null or acts.event_date <= run_snapshots.snapshot_date then 1
            else 0
        end as is_known
    from acts
    left join run_snapshots
        on acts.instance = run_snapshots.instance
        and acts.course_key = run_snapshots.course_key
),

stretched as (
    select
        *,
        count(sets) over (
            partition by instance, user_id, course_key order by act_number
            rows between unbounded preceding and current row
        ) as settings,
        sum(case when mode = mode_before_act then 0 else 1 end) over (
            partition by instance, user_id, course_key order by act_number
            rows between unbounded preceding and current row
        ) as modes
    from in_order
),

-- Whoever is first heard of as leaving had that mode before, nobody knows since when.
replayed as (
    select
        *,
        max(sets) over (partition by instance, user_id, course_key, settings) as enrolled,
        min(case when modes > 1 or (act_number = 1 and act <> 'deactivated') then happened_at end) over (
            partition by instance, user_id, course_key, modes
        ) as mode_since
    from stretched
),

numbered as (
    select
        instance,
        user_id,
        course_key,
        max(case when is_before = 1 then act_number end) as number_before,
        max(case when is_known = 1 then act_number end) as number_known,
        max(course_id) as course_id,
        sum(is_before) as acts_before,
        sum(is_known) as acts_known,
        sum(case when act = 'activated' then is_known else 0 end) as activations,
        sum(case when act = 'deactivated' then is_known else 0 end) as deactivations,
        sum(case when act = 'mode_changed' then is_known else 0 end) as mode_changes,
        count(*) - sum(is_known) as later_acts,
        min(happened_at) as first_act_at,
        max(happened_at) as last_act_at,
        max(case when is_known = 1 and sets = 0 then happened_at end) as left_at
    from replayed
    group by instance, user_id, course_key
),

final as (
    select
        numbered.instance,
        numbered.user_id,
        numbered.course_key,
        numbered.course_id,
        numbered.acts_before,
        numbered.acts_known,
        numbered.activations,
        numbered.deactivations,
        numbered.mode_changes,
        numbered.later_acts,
        numbered.first_act_at,
        numbered.last_act_at,
        numbered.left_at,
        last_before.enrolled as enrolled_before,
        last_before.mode as mode_before,
        last_known.enrolled as enrolled_known,
        last_known.mode as mode_known,
        last_known.mode_since
    from numbered
    left join replayed as last_before
        on numbered.instance = last_before.instance
        and numbered.user_id = last_before.user_id
        and numbered.course_key = last_before.course_key
        and numbered.number_before = last_before.act_number
    left join replayed as last_known
        on numbered.instance = last_known.instance
        and numbered.user_id = last_known.user_id
        and numbered.course_key = last_known.course_key
        and numbered.number_known = last_known.act_number
)

select * from final
