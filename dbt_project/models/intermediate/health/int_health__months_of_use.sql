{{ config(materialized='table') }}

{% if platform_enabled('classroom') or platform_enabled('bookshelf') %}
with engagement as (
    select * from {{ ref('fct_school_engagement') }}
),
{% else %}
-- Without a platform of use nothing is measured.
with engagement as (
    select
        school_key,
        product_key,
        month,
        {{ bool(false) }} as is_measured,
        seats,
        cast(null as bigint) as active_learners,
        cast(null as bigint) as active_teachers,
        cast(null as {{ t_double() }}) as utilisation,
        cast(null as bigint) as activity_count
    from {{ ref('int_subscriptions__month_end_values') }}
    where 1 = 0
),
{% endif %}

months as (
    select * from {{ ref('int_health__months_placed') }}
),

final as (
    select
        engagement.school_key,
        engagement.product_key,
        engagement.month,
        engagement.is_measured,
        engagement.seats,
        engagement.active_learners,
        engagement.active_teachers,
        engagement.utilisation,
        engagement.activity_count,
        months.is_term_time,
        months.are_holidays_known,
        months.term_month_number,
        case when months.is_term_time = {{ bool(true) }} then 1 else 0 end as in_term_time
    from engagement
    inner join months on engagement.month = months.month
    where engagement.is_measured = {{ bool(true) }}
)

select * from final
