with source as (
    select * from {{ source('moodle', 'mdl_user_enrolments') }}
),

renamed as (
    select
        _instance as instance,
        id as user_enrolment_id,
        enrolid as enrolment_method_id,
        userid as user_id,
        {{ flag('status = 1') }} as is_suspended,
        {{ moodle_time('timestart') }} as starts_at,
        {{ moodle_time('timeend') }} as ends_at,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
