{%- if platform_enabled('drops') %}
with school_register as (
    select * from {{ ref('stg_drops__school_register') }}
),

-- One number may be written in two ways, or be in the registers of two instances: an open school goes first.
ranked as (
    select
        *,
        row_number() over (
            partition by urn
            order by case when status = 'open' then 0 else 1 end, instance, landed_urn
        ) as place
    from school_register
    where urn is not null
),

final as (
    select
        {{ joined(["'urn:'", 'urn']) }} as school_key,
        urn,
        school_name,
        phase,
        school_type,
        region,
        pupils,
        status as register_status,
        closed_on
    from ranked
    where place = 1
)
{%- else %}
with final as (
    select
        cast(null as {{ t_text(40) }}) as school_key,
        cast(null as {{ t_text(20) }}) as urn,
        cast(null as {{ t_text(200) }}) as school_name,
        cast(null as {{ t_text(20) }}) as phase,
        cast(null as {{ t_text(40) }}) as school_type,
        cast(null as {{ t_text(60) }}) as region,
        cast(null as bigint) as pupils,
        cast(null as {{ t_text(60) }}) as register_status,
        cast(null as date) as closed_on
    where 1 = 0
)
{%- endif %}

select * from final
