with landed as (
    select * from {{ source('edx', 'auth_user') }}
),

renamed as (
    select
        _instance as instance,
        _entity as entity,
        id as user_id,

        username as username_pseudonym,
        email as email_pseudonym,

        account_kind,
        email_domain_class,
        is_staff,
        is_superuser,
        is_active,

        last_login as last_logged_in_at,
        date_joined as created_at
    from landed
)

select * from renamed
