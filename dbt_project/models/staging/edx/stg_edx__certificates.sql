with landed as (
    select * from {{ source('edx', 'certificates_generatedcertificate') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as certificate_id,
        user_id,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,

        mode,
        status,
        nullif(trim(grade), '') as grade_text,
        distinction as is_with_distinction,

        created_date as created_at,
        modified_date as modified_at
    from landed
)

select * from renamed
