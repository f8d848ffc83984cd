with invoices as (
    select * from {{ ref('stg_subscriptions__invoices') }}
),

terms as (
    select * from {{ ref('int_subscriptions__terms') }}
),

-- A void invoice was never one. Amounts in another currency than the term's cannot be added to it.
counted as (
    select
        terms.term_key,
        invoices.amount,
        case when invoices.status = 'paid' then invoices.amount else 0 end as paid_amount
    from invoices
    inner join terms
        on invoices.instance = terms.instance
        and invoices.subscription_id = terms.subscription_id
        and invoices.currency = terms.currency
    where invoices.status <> 'void'
),

final as (
    select
        term_key,
        cast(count(*) as bigint) as invoices,
        cast(sum(case when amount > 0 then amount else 0 end) as decimal(18, 2)) as invoiced_amount,
        cast(sum(case when amount < 0 then -amount else 0 end) as decimal(18, 2)) as credited_amount,
        cast(sum(paid_amount) as decimal(18, 2)) as paid_amount
    from counted
    group by term_key
)

select * from final
