with landed as (
    select * from {{ source('edx', 'assessment_assessment') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as assessment_id,
        submission_uuid,
        scorer_id as scorer_anonymous_user_id,
        rubric_id,

        score_type,
        scored_at
    from landed
)

select * from renamed
