{%- if platform_enabled('drops') %}
with campaigns as (
    select * from {{ ref('stg_drops__campaigns') }}
),

-- A later file corrects an earlier one, however it spells the campaign; lines of one file are all meant.
ranked as (
    select
        *,
        rank() over (
            partition by instance, lower(trim(campaign_name)), channel, month
            order by dropped_at desc
        ) as place
    from campaigns
),

final as (
    select
        campaign_name,
        channel,
        month,
        cost,
        currency
    from ranked
    where place = 1
)
{%- else %}
with final as (
    select
        cast(null as {{ t_text(80) }}) as campaign_name,
        cast(null as {{ t_text(40) }}) as channel,
        cast(null as date) as month,
        cast(null as decimal(18, 2)) as cost,
        cast(null as {{ t_text(3) }}) as currency
    where 1 = 0
)
{%- endif %}

select * from final
