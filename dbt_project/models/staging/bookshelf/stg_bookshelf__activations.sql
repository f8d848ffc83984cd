with landed as (
    select * from {{ source('bookshelf', 'Activations') }}
),

renamed as (
    select
        _instance as instance,
        ActivationId as activation_id,
        LicenceId as licence_id,
        BookId as book_id,
        AccountId as account_id,

        ActivatedAt as activated_at,
        RevokedAt as revoked_at,
        UpdatedAt as updated_at
    from landed
)

select * from renamed
