with landed as (
    select * from {{ source('edx', 'assessment_assessmentfeedbackoption') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as feedback_option_id,

        option_text
    from landed
)

select * from renamed
