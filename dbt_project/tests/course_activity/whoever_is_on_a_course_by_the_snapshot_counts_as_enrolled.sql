{# What: people of whom the newest snapshot of an edX course run says that they are enrolled, or are not, and
   int_enrolments__person_states the opposite on its last day, though no act was logged from the snapshot's day on. When:
   always a fault of our SQL, never of the data. Resolve: follow person and run through int_edx__enrolment_states. #}
{{ config(enabled=platform_enabled('edx')) }}

with results as (
    select * from {{ ref('int_edx__results_combined') }}
    where is_enrolled is not null
),

run_snapshots as (
    select * from {{ ref('int_edx__run_snapshots') }}
),

acts as (
    select * from {{ ref('int_edx__enrolment_acts') }}
),

person_states as (
    select
        *,
        row_number() over (partition by course_run_key, person_key order by state_date desc) as place_from_end
    from {{ ref('int_enrolments__person_states') }}
),

-- Acts from the snapshot's day on may or may not be in it.
newer_acts as (
    select distinct
        run_snapshots.course_run_key,
        acts.user_id
    from acts
    inner join run_snapshots
        on acts.instance = run_snapshots.instance
        and acts.course_key = run_snapshots.course_key
    where run_snapshots.snapshot_date is null or acts.event_date >= run_snapshots.snapshot_date
),

people as (
    select
        results.course_run_key,
        results.person_key,
        max(results.enrolled) as enrolled,
        max(case when newer_acts.user_id is null then 0 else 1 end) as has_newer_acts
    from results
    left join newer_acts
        on results.course_run_key = newer_acts.course_run_key
        and results.user_id = newer_acts.user_id
    group by results.course_run_key, results.person_key
)

select
    people.course_run_key,
    people.person_key,
    people.enrolled as by_snapshot,
    person_states.enrolled as by_state
from people
left join person_states
    on people.course_run_key = person_states.course_run_key
    and people.person_key = person_states.person_key
    and person_states.place_from_end = 1
where
    people.has_newer_acts = 0
    and (person_states.enrolled is null or person_states.enrolled <> people.enrolled)
