with landed as (
    select * from {{ source('edx', 'assessment_rubric') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as rubric_id,

        content_hash,
        structure_hash
    from landed
)

select * from renamed
