with landed as (
    select * from {{ source('edx', 'assessment_trainingexample_options_selected') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as training_example_option_id,
        trainingexample_id as training_example_id,
        criterionoption_id as criterion_option_id
    from landed
)

select * from renamed
