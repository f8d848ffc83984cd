with landed as (
    select * from {{ source('edx', 'submissions_scoresummary') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as score_summary_id,
        student_item_id,
        highest_id as highest_score_id,
        latest_id as latest_score_id
    from landed
)

select * from renamed
