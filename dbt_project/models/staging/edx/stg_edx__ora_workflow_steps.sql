with landed as (
    select * from {{ source('edx', 'workflow_assessmentworkflowstep') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as workflow_step_id,
        workflow_id,

        name as step_name,
        order_num as position,
        skipped as is_skipped,
        submitter_completed_at,
        assessment_completed_at
    from landed
)

select * from renamed
