{{ config(materialized='table') }}

with terms_in_force as (
    select * from {{ ref('int_health__terms_in_force') }}
),

terms as (
    select * from {{ ref('int_health__terms_entered') }}
),

cover as (
    select
        school_key,
        product_key,
        month,
        month_end,
        max(covers_to) as cover_ends_on,
        min(has_notice) as has_notice
    from terms_in_force
    group by school_key, product_key, month, month_end
),

-- Cover that begins later: a term of the same product, or one of whatever product that names a term in force
-- as the one it renews.
later as (
    select
        cover.school_key,
        cover.product_key,
        cover.month,
        terms.starts_on,
        {{ known_to_cover_to('terms', 'cover.month_end') }} as covers_to
    from cover
    inner join terms
        on cover.school_key = terms.school_key
        and cover.product_key = terms.product_key
        and cover.month_end < terms.starts_on
        and cover.month_end >= terms.entered_on
    union all
    select
        terms_in_force.school_key,
        terms_in_force.product_key,
        terms_in_force.month,
        terms.starts_on,
        {{ known_to_cover_to('terms', 'terms_in_force.month_end') }} as covers_to
    from terms_in_force
    inner join terms
        on terms_in_force.instance = terms.instance
        and terms_in_force.subscription_id = terms.renewed_from_id
        and terms_in_force.month_end >= terms.entered_on
),

renewed as (
    select
        school_key,
        product_key,
        month,
        max(covers_to) as covers_to
    from later
    where covers_to >= starts_on
    group by school_key, product_key, month
),

final as (
    select
        cover.school_key,
        cover.product_key,
        cover.month,
        cover.cover_ends_on,
        {{ day_diff('cover.month_end', 'cover.cover_ends_on') }} as days_to_end,
        {{ flag('renewed.covers_to > cover.cover_ends_on') }} as is_renewal_entered,
        {{ flag('cover.has_notice = 1') }} as is_notice_given
    from cover
    left join renewed
        on cover.school_key = renewed.school_key
        and cover.product_key = renewed.product_key
        and cover.month = renewed.month
)

select * from final
