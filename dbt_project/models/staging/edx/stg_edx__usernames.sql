with landed as (
    select * from {{ source('edx', 'user_id_map') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        user_id,

        username as username_pseudonym
    from landed
)

select * from renamed
