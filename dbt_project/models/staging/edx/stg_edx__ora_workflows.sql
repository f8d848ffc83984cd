with landed as (
    select * from {{ source('edx', 'workflow_assessmentworkflow') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as workflow_id,
        submission_uuid,
        uuid as workflow_uuid,
        course_id,
        {{ edx_course_key('course_id') }} as course_key,
        item_id as block_id,

        status,

        created as created_at,
        modified as modified_at,
        status_changed as status_changed_at
    from landed
)

select * from renamed
