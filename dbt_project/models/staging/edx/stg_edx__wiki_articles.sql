with landed as (
    select * from {{ source('edx', 'wiki_article') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as article_id,
        current_revision_id,
        owner_id,
        group_id,

        group_read as is_read_by_group,
        group_write as is_written_by_group,
        other_read as is_read_by_others,
        other_write as is_written_by_others,

        created as created_at,
        modified as modified_at
    from landed
)

select * from renamed
