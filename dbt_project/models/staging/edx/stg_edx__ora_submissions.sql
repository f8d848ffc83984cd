with landed as (
    select * from {{ source('edx', 'submissions_submission') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as submission_id,
        uuid as submission_uuid,
        student_item_id,
        team_submission_id,

        attempt_number,
        nullif(trim(status), '') as status,

        submitted_at,
        created_at
    from landed
)

select * from renamed
