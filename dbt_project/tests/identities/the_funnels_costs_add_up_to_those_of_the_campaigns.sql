{# What: a month and currency in which the funnel's costs are not the sum of the seed `campaigns`. When: a
   join loses a channel, or a channel has two currencies in one month. Resolve: give the channel one
   currency a month. #}
with funnel as (
    select
        month,
        cost_currency,
        sum(cost) as cost
    from {{ ref('acquisition_funnel') }}
    where cost is not null
    group by month, cost_currency
),

campaigns as (
    select
        {{ month_start('month') }} as month,
        upper(trim(currency)) as cost_currency,
        cost
    from {{ ref('campaigns') }}
),

spent as (
    select
        month,
        cost_currency,
        sum(cost) as cost
    from campaigns
    group by month, cost_currency
)

select
    coalesce(funnel.month, spent.month) as month,
    coalesce(funnel.cost_currency, spent.cost_currency) as cost_currency,
    funnel.cost,
    spent.cost as cost_in_the_seed
from funnel
full outer join spent
    on funnel.month = spent.month
    and funnel.cost_currency = spent.cost_currency
where coalesce(funnel.cost, 0) <> coalesce(spent.cost, 0)
    or funnel.month is null
    or spent.month is null
