{{ config(materialized='table') }}

{%- set months = var('health_trend_months') -%}
{%- set recent = 'term_months_ago < ' ~ months -%}
{%- set earlier = 'term_months_ago >= ' ~ months %}

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

-- The latest months of school up to each month, of two stretches of equal length.
paired as (
    select
        followed.school_key,
        followed.product_key,
        followed.month,
        past.active_learners,
        past.active_teachers,
        past.utilisation,
        case when past.are_holidays_known = {{ bool(true) }} then 1 else 0 end as holidays_known,
        followed.term_month_number - past.term_month_number as term_months_ago
    from followed
    inner join used as past
        on followed.school_key = past.school_key
        and followed.product_key = past.product_key
        and followed.term_month_number >= past.term_month_number
        and followed.term_month_number - past.term_month_number < {{ 2 * months }}
        and past.is_term_time = {{ bool(true) }}
),

compared as (
    select
        school_key,
        product_key,
        month,
        sum(case when {{ recent }} then 1 else 0 end) as recent_months,
        sum(case when {{ earlier }} then 1 else 0 end) as earlier_months,
        {{ average('case when ' ~ recent ~ ' then active_learners end') }} as mean_learners,
        {{ average('case when ' ~ earlier ~ ' then active_learners end') }} as mean_learners_before,
        {{ average('case when ' ~ recent ~ ' then active_teachers end') }} as mean_teachers,
        {{ average('case when ' ~ recent ~ ' then utilisation end') }} as mean_utilisation,
        min(holidays_known) as holidays_known
    from paired
    group by school_key, product_key, month
),

final as (
    select
        followed.school_key,
        followed.product_key,
        followed.month,
        case when compared.recent_months = {{ months }} then compared.mean_learners end as mean_learners,
        case when compared.recent_months = {{ months }} then compared.mean_teachers end as mean_teachers,
        case when compared.recent_months = {{ months }} then compared.mean_utilisation end as mean_utilisation,
        case
            when compared.recent_months = {{ months }} and compared.earlier_months = {{ months }}
                then {{ use_change('compared.mean_learners', 'compared.mean_learners_before') }}
        end as use_change,
        followed.term_months_so_far - followed.term_months_when_used as term_months_unused,
        {{ flag('compared.holidays_known = 1') }} as are_holidays_known
    from followed
    left join compared
        on followed.school_key = compared.school_key
        and followed.product_key = compared.product_key
        and followed.month = compared.month
)

select * from final
