with terms_in_force as (
    select * from {{ ref('int_health__terms_in_force') }}
),

-- A void invoice was never owed, a credit note is not owed by the school.
invoices as (
    select * from {{ ref('stg_subscriptions__invoices') }}
    where status <> 'void' and amount > 0
),

final as (
    select
        terms_in_force.school_key,
        terms_in_force.product_key,
        terms_in_force.month,
        max({{ day_diff('invoices.issued_on', 'terms_in_force.month_end') }}) as days_unpaid
    from terms_in_force
    inner join invoices
        on terms_in_force.instance = invoices.instance
        and terms_in_force.subscription_id = invoices.subscription_id
        and terms_in_force.month_end >= invoices.issued_on
    -- Paid on a day that nobody knows is paid.
    where invoices.paid_on > terms_in_force.month_end
        or (invoices.paid_on is null and invoices.status <> 'paid')
    group by terms_in_force.school_key, terms_in_force.product_key, terms_in_force.month
)

select * from final
