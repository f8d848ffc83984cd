with landed as (
    select * from {{ source('classroom', 'logins') }}
),

renamed as (
    select
        _instance as instance,
        id as login_id,
        user_id,

        logged_in_at,

        device
    from landed
)

select * from renamed
