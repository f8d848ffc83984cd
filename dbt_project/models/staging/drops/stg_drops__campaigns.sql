with landed as (
    select * from {{ source('drops', 'campaigns') }}
),

renamed as (
    select
        _instance as instance,
        campaign as campaign_name,
        {{ channel_name(['channel']) }} as channel,
        {{ month_start('month') }} as month,
        cost,
        upper(trim(currency)) as currency,

        _dropped_at as dropped_at
    from landed
)

select * from renamed
