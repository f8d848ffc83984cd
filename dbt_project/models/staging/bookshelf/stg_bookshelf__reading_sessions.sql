with landed as (
    select * from {{ source('bookshelf', 'ReadingSessions') }}
),

renamed as (
    select
        _instance as instance,
        -- A GUID is the same in either letter case; exports write both.
        lower(SessionId) as session_id,
        AccountId as account_id,
        BookId as book_id,

        lower(Device) as device,

        PagesRead as pages_read,
        SecondsActive as seconds_active,

        StartedAt as started_at,
        EndedAt as ended_at,
        UpdatedAt as updated_at
    from landed
)

select * from renamed
