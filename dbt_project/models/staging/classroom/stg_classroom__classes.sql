with landed as (
    select * from {{ source('classroom', 'classes') }}
),

renamed as (
    select
        _instance as instance,
        id as class_id,

        {{ usable_urn('school_urn') }} as school_urn,
        {{ unusable_urn('school_urn') }} as is_school_urn_unusable,
        code,
        subject,
        grade_level,
        academic_year,
        teacher_id,

        starts_on,
        ends_on,

        status,

        created_at,
        updated_at,
        deleted_at
    from landed
)

select * from renamed
