with people as (
    select * from {{ ref('int_course_activity__moodle_people_placed') }}
),

placed_assignments as (
    select distinct
        instance,
        course_id,
        activity_id as assignment_id
    from {{ ref('int_course_activity__moodle_activities_placed') }}
    where module_name = 'assign'
),

-- A group hands in a team assignment, and who is in which group does not land.
assignments as (
    select * from {{ ref('stg_moodle__assignments') }}
    where
        takes_submissions = {{ bool(true) }}
        and is_team_submission = {{ bool(false) }}
),

-- The last attempt tells: work that was reopened is not handed in.
handed_in as (
    select distinct
        instance,
        user_id,
        assignment_id
    from {{ ref('stg_moodle__assignment_submissions') }}
    where
        is_latest = {{ bool(true) }}
        and submission_status = 'submitted'
),

people_and_assignments as (
    select
        people.person_key,
        people.course_run_key,
        case when handed_in.assignment_id is not null then 1 else 0 end as submitted
    from people
    inner join placed_assignments
        on people.instance = placed_assignments.instance
        and people.course_id = placed_assignments.course_id
    inner join assignments
        on placed_assignments.instance = assignments.instance
        and placed_assignments.assignment_id = assignments.assignment_id
    left join handed_in
        on people.instance = handed_in.instance
        and people.user_id = handed_in.user_id
        and assignments.assignment_id = handed_in.assignment_id
),

final as (
    select
        person_key,
        course_run_key,
        count(*) as assignments,
        cast(sum(submitted) as bigint) as assignments_submitted
    from people_and_assignments
    group by person_key, course_run_key
)

select * from final
