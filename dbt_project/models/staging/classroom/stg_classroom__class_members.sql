with landed as (
    select * from {{ source('classroom', 'class_members') }}
),

renamed as (
    select
        _instance as instance,
        id as membership_id,
        class_id,
        user_id,

        role,

        joined_at,
        left_at,
        updated_at
    from landed
)

select * from renamed
