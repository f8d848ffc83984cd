with landed as (
    select * from {{ source('edx', 'assessment_peerworkflowitem') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as peer_workflow_item_id,
        submission_uuid,
        assessment_id,
        author_id as author_peer_workflow_id,
        scorer_id as scorer_peer_workflow_id,

        scored as is_scored,
        started_at
    from landed
)

select * from renamed
