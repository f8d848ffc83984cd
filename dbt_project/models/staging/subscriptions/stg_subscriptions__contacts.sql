with landed as (
    select * from {{ source('subscriptions', 'contacts') }}
),

renamed as (
    select
        _instance as instance,
        id as contact_id,
        organisation_id,

        email as email_pseudonym,
        job_role,
        account_kind,
        email_domain_class,

        created_at,
        updated_at
    from landed
)

select * from renamed
