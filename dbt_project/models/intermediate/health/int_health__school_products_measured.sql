with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

cover as (
    select * from {{ ref('int_health__cover_known') }}
),

invoices as (
    select * from {{ ref('int_health__invoices_unpaid') }}
),

use_compared as (
    select * from {{ ref('int_health__use_compared') }}
),

held as (
    select
        school_key,
        product_key,
        month,
        cast(sum(seats) as bigint) as seats,
        case when count(*) = 1 then max(value) end as annual_value,
        case when count(*) = 1 then max(currency) end as currency
    from month_end_values
    group by school_key, product_key, month
),

first_months as (
    select
        school_key,
        product_key,
        min(month) as first_month
    from held
    group by school_key, product_key
),

seats_before as (
    select
        held.school_key,
        held.product_key,
        held.month,
        max(past.seats) as most_seats
    from held
    inner join held as past
        on held.school_key = past.school_key
        and held.product_key = past.product_key
        and held.month > past.month
        and past.month >= {{ add_months('held.month', -12) }}
    group by held.school_key, held.product_key, held.month
),

final as (
    select
        held.school_key,
        held.product_key,
        held.month,
        held.seats,
        held.annual_value,
        held.currency,
        {{ month_diff('first_months.first_month', 'held.month') }} as tenure_months,
        {{ seats_lost_share('held.seats', 'seats_before.most_seats') }} as seats_lost_share,
        cover.cover_ends_on,
        cover.days_to_end,
        {{ flag('cover.is_renewal_entered = ' ~ bool(true)) }} as is_renewal_entered,
        {{ flag('cover.is_notice_given = ' ~ bool(true)) }} as is_notice_given,
        invoices.days_unpaid,
        {{ flag('use_compared.school_key is not null') }} as is_use_measured,
        use_compared.mean_learners,
        use_compared.mean_teachers,
        use_compared.mean_utilisation,
        use_compared.use_change,
        use_compared.term_months_unused,
        use_compared.are_holidays_known
    from held
    inner join first_months
        on held.school_key = first_months.school_key
        and held.product_key = first_months.product_key
    left join seats_before
        on held.school_key = seats_before.school_key
        and held.product_key = seats_before.product_key
        and held.month = seats_before.month
    left join cover
        on held.school_key = cover.school_key
        and held.product_key = cover.product_key
        and held.month = cover.month
    left join invoices
        on held.school_key = invoices.school_key
        and held.product_key = invoices.product_key
        and held.month = invoices.month
    left join use_compared
        on held.school_key = use_compared.school_key
        and held.product_key = use_compared.product_key
        and held.month = use_compared.month
)

select * from final
