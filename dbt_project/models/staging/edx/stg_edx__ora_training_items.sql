with landed as (
    select * from {{ source('edx', 'assessment_studenttrainingworkflowitem') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as training_item_id,
        workflow_id as training_id,
        training_example_id,

        order_num as position,
        started_at,
        completed_at
    from landed
)

select * from renamed
