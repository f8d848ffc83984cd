with landed as (
    select * from {{ source('edx', 'student_languageproficiency') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as profile_language_id,
        user_profile_id as profile_id,

        nullif(trim(code), '') as language_code
    from landed
)

select * from renamed
