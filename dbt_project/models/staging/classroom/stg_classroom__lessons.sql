with landed as (
    select * from {{ source('classroom', 'lessons') }}
),

renamed as (
    select
        _instance as instance,
        id as lesson_id,
        class_id,

        title,
        subject,
        lesson_type,

        starts_at,
        duration_minutes,

        is_published,

        updated_at
    from landed
)

select * from renamed
