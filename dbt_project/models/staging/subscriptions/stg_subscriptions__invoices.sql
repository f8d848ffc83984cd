with landed as (
    select * from {{ source('subscriptions', 'invoices') }}
),

renamed as (
    select
        _instance as instance,
        id as invoice_id,
        subscription_id,

        upper(currency) as currency,
        status,

        amount,

        issued_on,
        paid_on,

        updated_at
    from landed
)

select * from renamed
