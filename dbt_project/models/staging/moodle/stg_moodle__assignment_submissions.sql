with source as (
    select * from {{ source('moodle', 'mdl_assign_submission') }}
),

renamed as (
    select
        _instance as instance,
        id as assignment_submission_id,
        assignment as assignment_id,
        userid as user_id,
        nullif(groupid, 0) as group_id,
        attemptnumber as attempt_number,
        status as submission_status,
        {{ flag('latest = 1') }} as is_latest,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
