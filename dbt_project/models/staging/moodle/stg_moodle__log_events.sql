with source as (
    select * from {{ source('moodle', 'mdl_logstore_standard_log') }}
),

renamed as (
    select
        _instance as instance,
        id as log_event_id,
        userid as user_id,
        relateduserid as related_user_id,
        realuserid as real_user_id,
        nullif(courseid, 0) as course_id,
        contextid as context_id,
        contextlevel as context_level,
        eventname as event_name,
        component,
        action,
        target,
        objecttable as object_table,
        crud,
        edulevel as education_level,
        origin,
        {{ flag('anonymous = 1') }} as is_anonymous,
        cast({{ moodle_time('timecreated') }} as date) as occurred_on,
        {{ moodle_time('timecreated') }} as occurred_at
    from source
)

select * from renamed
