with source as (
    select * from {{ source('moodle', 'mdl_assign') }}
),

renamed as (
    select
        _instance as instance,
        id as assignment_id,
        course as course_id,
        name as assignment_name,
        case when grade > 0 then grade end as grade_max,
        {{ flag('nosubmissions = 0') }} as takes_submissions,
        {{ flag('teamsubmission = 1') }} as is_team_submission,
        {{ moodle_time('allowsubmissionsfromdate') }} as opens_at,
        {{ moodle_time('duedate') }} as due_at,
        {{ moodle_time('cutoffdate') }} as closes_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
