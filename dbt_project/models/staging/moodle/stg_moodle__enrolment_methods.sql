with source as (
    select * from {{ source('moodle', 'mdl_enrol') }}
),

renamed as (
    select
        _instance as instance,
        id as enrolment_method_id,
        courseid as course_id,
        roleid as role_id,
        case when enrol = 'cohort' then customint1 end as cohort_id,
        enrol as method,
        enrolperiod as enrolment_seconds,
        {{ flag('status = 0') }} as is_enabled,
        {{ moodle_time('enrolstartdate') }} as opens_at,
        {{ moodle_time('enrolenddate') }} as closes_at,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
