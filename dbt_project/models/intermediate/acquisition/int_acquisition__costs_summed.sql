with campaigns as (
    select * from {{ ref('campaigns') }}
),

placed as (
    select
        {{ channel_name(['channel']) }} as channel,
        {{ month_start('month') }} as month,
        cost,
        upper(trim(currency)) as currency
    from campaigns
),

-- One currency a channel and month is tested.
final as (
    select
        channel,
        month,
        cast(sum(cost) as decimal(18, 2)) as cost,
        min(currency) as cost_currency
    from placed
    group by channel, month
)

select * from final
