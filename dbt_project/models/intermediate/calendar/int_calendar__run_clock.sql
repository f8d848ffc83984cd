{{ config(materialized='table') }}

{%- set given = env_var('WAREHOUSE_AS_OF', '') %}

with runs as (
    select * from {{ ref('stg_ops__runs') }}
),

latest_start as (
    select max(started_at) as started_at from runs
),

-- One row, empty where there has been no run.
latest_run as (
    select max(runs.as_of) as as_of
    from runs
    inner join latest_start on runs.started_at = latest_start.started_at
),

clock as (
    select
        coalesce(
            {% if given %}cast('{{ given }}' as {{ t_timestamp() }}),{% endif %}
            latest_run.as_of,
            {{ utc_now() }}
        ) as as_of
    from latest_run
),

final as (
    select
        as_of,
        cast(as_of as date) as as_of_date,
        {{ add_months(month_start('as_of'), -1) }} as last_complete_month,
        {{ academic_year_starts_on('as_of') }} as academic_year_starts_on
    from clock
)

select * from final
