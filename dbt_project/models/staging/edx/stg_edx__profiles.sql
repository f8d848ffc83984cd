with landed as (
    select * from {{ source('edx', 'auth_userprofile') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as profile_id,
        user_id,

        nullif(trim(gender), '') as gender,
        nullif(trim(level_of_education), '') as level_of_education,
        nullif(trim(country), '') as country_code,
        allow_certificate as is_certificate_allowed,

        profile_image_uploaded_at
    from landed
)

select * from renamed
