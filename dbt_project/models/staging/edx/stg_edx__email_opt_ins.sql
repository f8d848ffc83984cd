with landed as (
    select * from {{ source('edx', 'email_opt_in') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        username as username_pseudonym,
        email as email_pseudonym,

        is_opted_in_for_email as is_opted_in,
        preference_set_datetime as preference_set_at
    from landed
)

select * from renamed
