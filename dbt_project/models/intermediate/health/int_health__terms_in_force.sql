with terms as (
    select * from {{ ref('int_health__terms_entered') }}
),

months as (
    select * from {{ ref('int_health__months_placed') }}
),

-- What was entered after a month's end was not known there, however early it takes effect.
known as (
    select
        terms.term_key,
        terms.school_key,
        terms.product_key,
        terms.instance,
        terms.subscription_id,
        months.month,
        months.month_end,
        {{ known_to_cover_to('terms', 'months.month_end') }} as covers_to,
        case when terms.notice_given_on <= months.month_end then 1 else 0 end as has_notice
    from terms
    inner join months
        on terms.starts_on <= months.month_end
        and terms.ends_on >= months.month_end
        and terms.entered_on <= months.month_end
),

final as (
    select * from known
    where covers_to >= month_end
)

select * from final
