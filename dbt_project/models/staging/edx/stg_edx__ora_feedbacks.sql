with landed as (
    select * from {{ source('edx', 'assessment_assessmentfeedback') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as feedback_id,
        submission_uuid
    from landed
)

select * from renamed
