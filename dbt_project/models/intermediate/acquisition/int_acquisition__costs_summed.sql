with campaigns as (
    select * from {{ ref('int_acquisition__campaign_costs') }}
),

-- Costs in different currencies are never added: such a month of a channel has none.
final as (
    select
        channel,
        month,
        case when min(currency) = max(currency) then cast(sum(cost) as decimal(18, 2)) end as cost,
        case when min(currency) = max(currency) then min(currency) end as cost_currency
    from campaigns
    group by channel, month
)

select * from final
