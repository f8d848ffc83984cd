with landed as (
    select * from {{ source('bookshelf', 'Licences') }}
),

renamed as (
    select
        _instance as instance,
        LicenceId as licence_id,

        -- A URN that is no number ('n/a', '000000') would make one school of many.
        case
            when {{ is_digits('trim(SchoolUrn)') }} and replace(SchoolUrn, '0', '') <> '' then trim(SchoolUrn)
        end as school_urn,
        upper(trim(ProductCode)) as product_code,

        Seats as seats,

        StartsOn as starts_on,
        EndsOn as ends_on,

        UpdatedAt as updated_at
    from landed
)

select * from renamed
