with source as (
    select * from {{ source('moodle', 'mdl_assign_grades') }}
),

renamed as (
    select
        _instance as instance,
        id as assignment_grade_id,
        assignment as assignment_id,
        userid as user_id,
        grader as graded_by_user_id,
        attemptnumber as attempt_number,
        case when grade >= 0 then grade end as assignment_grade,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
