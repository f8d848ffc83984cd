with landed as (
    select * from {{ source('edx', 'snapshots') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        table_name,

        snapshot_date,
        file_key,
        row_count
    from landed
)

select * from renamed
