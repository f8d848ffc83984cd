with landed as (
    select * from {{ source('classroom', 'points') }}
),

renamed as (
    select
        _instance as instance,
        id as point_id,
        user_id,
        class_id,

        points,
        reason,

        awarded_at
    from landed
)

select * from renamed
