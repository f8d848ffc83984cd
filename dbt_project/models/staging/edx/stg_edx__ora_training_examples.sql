with landed as (
    select * from {{ source('edx', 'assessment_trainingexample') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as training_example_id,
        rubric_id,
        content_hash
    from landed
)

select * from renamed
