with landed as (
    select * from {{ source('bookshelf', 'Accounts') }}
),

renamed as (
    select
        _instance as instance,
        AccountId as account_id,

        Email as email_pseudonym,
        lower(AccountType) as account_type,
        -- The publisher's own people also sign in with private addresses; a closed account stays closed.
        case
            when lower(AccountType) = 'publisher' and AccountKind = 'learner' then 'staff'
            else AccountKind
        end as account_kind,
        EmailDomainClass as email_domain_class,
        {{ usable_urn('SchoolUrn') }} as school_urn,
        {{ unusable_urn('SchoolUrn') }} as is_school_urn_unusable,

        IsActive as is_active,

        CreatedAt as created_at,
        UpdatedAt as updated_at
    from landed
)

select * from renamed
