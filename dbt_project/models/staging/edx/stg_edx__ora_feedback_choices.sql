with landed as (
    select * from {{ source('edx', 'assessment_assessmentfeedback_options') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as feedback_choice_id,
        assessmentfeedback_id as feedback_id,
        assessmentfeedbackoption_id as feedback_option_id
    from landed
)

select * from renamed
