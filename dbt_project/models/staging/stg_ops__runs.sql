with ledger as (
    select * from {{ source('ops', 'runs') }}
),

renamed as (
    select
        run_id,
        outcome,

        as_of,
        started_at
    from ledger
)

select * from renamed
