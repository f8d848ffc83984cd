with landed as (
    select * from {{ source('edx', 'submissions_score') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as score_id,
        student_item_id,
        submission_id,

        points_earned,
        points_possible,
        reset as is_reset,

        created_at
    from landed
)

select * from renamed
