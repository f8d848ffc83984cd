with landed as (
    select * from {{ source('classroom', 'users') }}
),

renamed as (
    select
        _instance as instance,
        id as user_id,

        email as email_pseudonym,
        username as username_pseudonym,
        role,
        account_kind,
        email_domain_class,
        {{ usable_urn('school_urn') }} as school_urn,
        {{ unusable_urn('school_urn') }} as is_school_urn_unusable,
        status,

        {{ flag("status = 'deleted' or deleted_at is not null") }} as is_deleted,

        created_at,
        updated_at,
        deleted_at
    from landed
)

select * from renamed
