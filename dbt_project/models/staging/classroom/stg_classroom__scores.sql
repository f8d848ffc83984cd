with landed as (
    select * from {{ source('classroom', 'scores') }}
),

renamed as (
    select
        _instance as instance,
        id as score_id,
        user_id,
        lesson_id,

        attempt,
        score,
        max_score,

        submitted_at,
        graded_at,
        updated_at
    from landed
)

select * from renamed
