with source as (
    select * from {{ source('moodle', 'mdl_user') }}
),

renamed as (
    select
        _instance as instance,
        id as user_id,
        username as username_pseudonym,
        email as email_pseudonym,
        email_domain_class,
        account_kind,
        auth as auth_plugin,
        {{ flag('confirmed = 1') }} as is_confirmed,
        {{ flag('suspended = 1') }} as is_suspended,
        {{ flag('deleted = 1') }} as is_deleted,
        {{ moodle_time('firstaccess') }} as first_accessed_at,
        {{ moodle_time('lastaccess') }} as last_accessed_at,
        {{ moodle_time('currentlogin') }} as logged_in_at,
        {{ moodle_time('timecreated') }} as created_at,
        {{ moodle_time('timemodified') }} as modified_at
    from source
)

select * from renamed
