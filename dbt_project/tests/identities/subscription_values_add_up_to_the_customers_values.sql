{# What: schools and months whose products' opening, closing or net movement differ from the customer's.
   Single movements may differ (a swap is churn and new by product, nothing for the customer). When:
   always our fault. Resolve: both facts must read the same month-end values. #}
with subscription_rows as (
    select
        school_key,
        currency,
        month,
        sum(opening_value) as opening_value,
        sum(closing_value) as closing_value
    from {{ ref('fct_subscription_movements') }}
    group by school_key, currency, month
),

customer_rows as (
    select * from {{ ref('fct_customer_movements') }}
)

select
    coalesce(subscription_rows.school_key, customer_rows.school_key) as school_key,
    coalesce(subscription_rows.month, customer_rows.month) as month
from subscription_rows
full outer join customer_rows
    on subscription_rows.school_key = customer_rows.school_key
    and subscription_rows.currency = customer_rows.currency
    and subscription_rows.month = customer_rows.month
where coalesce(subscription_rows.opening_value, -1) <> coalesce(customer_rows.opening_value, -1)
    or coalesce(subscription_rows.closing_value, -1) <> coalesce(customer_rows.closing_value, -1)
