with landed as (
    select * from {{ source('bookshelf', 'Licences') }}
),

renamed as (
    select
        _instance as instance,
        LicenceId as licence_id,

        {{ usable_urn('SchoolUrn') }} as school_urn,
        {{ unusable_urn('SchoolUrn') }} as is_school_urn_unusable,
        upper(trim(ProductCode)) as product_code,

        Seats as seats,

        StartsOn as starts_on,
        EndsOn as ends_on,

        UpdatedAt as updated_at
    from landed
)

select * from renamed
