with landed as (
    select * from {{ source('classroom', 'audit') }}
),

renamed as (
    select
        _instance as instance,
        id as event_id,
        actor_id,

        action,
        entity,

        created_at
    from landed
)

select * from renamed
