with landed as (
    select * from {{ source('classroom', 'progress') }}
),

renamed as (
    select
        _instance as instance,
        user_id,
        lesson_id,

        percent_complete,
        seconds_spent,
        status,

        first_opened_at,
        last_activity_at,
        completed_at,
        updated_at
    from landed
)

select * from renamed
