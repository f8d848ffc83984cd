with landed as (
    select * from {{ source('edx', 'teams_membership') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as team_member_id,
        user_id,
        team_id,

        date_joined as joined_at,
        last_activity_at as last_active_at
    from landed
)

select * from renamed
