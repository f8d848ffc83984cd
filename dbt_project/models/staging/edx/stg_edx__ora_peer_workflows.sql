with landed as (
    select * from {{ source('edx', 'assessment_peerworkflow') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as peer_workflow_id,
        student_id as anonymous_user_id,
        submission_uuid,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        item_id as block_id,

        created_at,
        completed_at,
        grading_completed_at,
        cancelled_at
    from landed
)

select * from renamed
