with landed as (
    select * from {{ source('edx', 'wiki_articlerevision') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as revision_id,
        article_id,
        previous_revision_id,
        user_id,

        revision_number,
        deleted as is_deletion,
        locked as is_locking,

        created as created_at,
        modified as modified_at
    from landed
)

select * from renamed
