{{ config(materialized='table') }}

{%- set months = var('health_trend_months') -%}
with used as (
    select * from {{ ref('int_health__months_of_use') }}
),

-- Months of school so far, and how many of them had passed when there was use last.
counted as (
    select
        used.*,
        sum(in_term_time) over (
            partition by school_key, product_key order by month rows unbounded preceding
        ) as term_months_so_far
    from used
),

followed as (
    select
        counted.*,
        max(case when activity_count > 0 then term_months_so_far else 0 end) over (
            partition by school_key, product_key order by month rows unbounded preceding
        ) as term_months_when_used
    from counted
),

last_used as (
    select
        school_key,
        product_key,
        month,
        term_month_number,
        cast(term_months_so_far - term_months_when_used as bigint) as term_months_unused
    from followed
),

-- The latest months of school up to each month, of two stretches of equal length.
paired as (
    select
        last_used.school_key,
        last_used.product_key,
        last_used.month,
        past.active_learners,
        past.active_teachers,
        past.utilisation,
        case when past.are_holidays_known = {{ bool(true) }} then 1 else 0 end as holidays_known,
        last_used.term_month_number - past.term_month_number as term_months_ago
    from last_used
    inner join used as past
        on last_used.school_key = past.school_key
        and last_used.product_key = past.product_key
        and last_used.term_month_number >= past.term_month_number
        and last_used.term_month_number - past.term_month_number < {{ 2 * months }}
        and past.is_term_time = {{ bool(true) }}
),

placed as (
    select
        paired.*,
        case when term_months_ago < {{ months }} then 1 else 0 end as is_recent
    from paired
),

compared as (
    select
        school_key,
        product_key,
        month,
        sum(is_recent) as recent_months,
        sum(1 - is_recent) as earlier_months,
        {{ average('case when is_recent = 1 then active_learners end') }} as mean_learners,
        {{ average('case when is_recent = 0 then active_learners end') }} as mean_learners_before,
        {{ average('case when is_recent = 1 then active_teachers end') }} as mean_teachers,
        -- shares add up to other last digits in another order of rows
        round({{ average('case when is_recent = 1 then utilisation end') }}, 12) as mean_utilisation,
        min(holidays_known) as holidays_known
    from placed
    group by school_key, product_key, month
),

final as (
    select
        last_used.school_key,
        last_used.product_key,
        last_used.month,
        case when compared.recent_months = {{ months }} then compared.mean_learners end as mean_learners,
        case when compared.recent_months = {{ months }} then compared.mean_teachers end as mean_teachers,
        case
            when compared.recent_months = {{ months }} then compared.mean_utilisation
        end as mean_utilisation,
        case
            when compared.recent_months = {{ months }} and compared.earlier_months = {{ months }}
                then {{ use_change('compared.mean_learners', 'compared.mean_learners_before') }}
        end as use_change,
        last_used.term_months_unused,
        {{ flag('compared.holidays_known = 1') }} as are_holidays_known
    from last_used
    left join compared
        on last_used.school_key = compared.school_key
        and last_used.product_key = compared.product_key
        and last_used.month = compared.month
)

select * from final
