{{ config(materialized='table') }}

-- Built whole: an account's acts stand in many days of the logs, and a late one changes all that follows.
with acts as (
    select * from {{ ref('int_edx__enrolment_acts_ordered') }}
),

snapshot_enrolments as (
    select * from {{ ref('int_edx__snapshot_enrolments') }}
),

first_acts as (
    select * from acts
    where act_number = 1
),

-- The last act that the snapshot must have known: of those of its own day it may have known none.
known_acts as (
    select
        acts.instance,
        acts.user_id,
        acts.course_key,
        max(acts.act_number) as act_number
    from acts
    inner join snapshot_enrolments
        on acts.instance = snapshot_enrolments.instance
        and acts.user_id = snapshot_enrolments.user_id
        and acts.course_key = snapshot_enrolments.course_key
        and acts.event_date < snapshot_enrolments.snapshot_date
    group by acts.instance, acts.user_id, acts.course_key
),

{{ enrolment_moves('acts', 'snapshot_enrolments', 'first_acts', 'known_acts') }},

-- Activated and deactivated say what holds from then on, whatever held before; a change of mode does not.
in_order as (
    select
        *,
        count(sets) over (
            partition by instance, user_id, course_key order by move_number
            rows between unbounded preceding and current row
        ) as settings,
        row_number() over (
            partition by instance, user_id, course_key, state_date order by move_number desc
        ) as place_from_end_of_day
    from moves
),

replayed as (
    select
        *,
        coalesce(max(sets) over (partition by instance, user_id, course_key, settings), 0) as enrolled
    from in_order
),

final as (
    select
        instance,
        user_id,
        course_key,
        state_date,
        enrolled,
        mode
    from replayed
    where place_from_end_of_day = 1
)

select * from final
