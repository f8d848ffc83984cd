with landed as (
    select * from {{ source('edx', 'assessment_assessmentfeedback_assessments') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as feedback_assessment_id,
        assessmentfeedback_id as feedback_id,
        assessment_id
    from landed
)

select * from renamed
