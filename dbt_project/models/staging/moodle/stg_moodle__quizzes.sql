with source as (
    select * from {{ source('moodle', 'mdl_quiz') }}
),

renamed as (
    select
        _instance as instance,
        id as quiz_id,
        course as course_id,
        name as quiz_name,
        case grademethod
            when 1 then 'highest'
            when 2 then 'average'
            when 3 then 'first'
            when 4 then 'last'
        end as grade_method,
        nullif(attempts, 0) as attempts_allowed,
        sumgrades as marks_max,
        grade as grade_max,
        {{ moodle_time('timeopen') }} as opens_at,
        {{ moodle_time('timeclose') }} as closes_at,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
