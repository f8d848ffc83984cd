with cohorts as (
    select * from {{ ref('fct_retention_cohorts') }}
),

summed as (
    select
        breakdown,
        breakdown_value,
        currency,
        academic_year,
        is_year_over,
        sum(schools_opening) as schools_opening,
        sum(schools_kept) as schools_kept,
        sum(schools_closing) as schools_closing,
        sum(opening_value) as opening_value,
        sum(kept_gross_value) as kept_gross_value,
        sum(kept_net_value) as kept_net_value,
        sum(closing_value) as closing_value,
        sum(opening_seats) as opening_seats,
        sum(kept_gross_seats) as kept_gross_seats,
        sum(kept_net_seats) as kept_net_seats,
        sum(closing_seats) as closing_seats
    from cohorts
    group by breakdown, breakdown_value, currency, academic_year, is_year_over
),

final as (
    select
        breakdown,
        breakdown_value,
        currency,
        academic_year,
        is_year_over,
        cast(schools_opening as bigint) as schools_opening,
        cast(schools_kept as bigint) as schools_kept,
        cast(schools_opening - schools_kept as bigint) as schools_lost,
        cast(schools_closing - schools_kept as bigint) as schools_joined,
        cast(schools_closing as bigint) as schools_closing,
        opening_value,
        kept_gross_value,
        kept_net_value,
        closing_value,
        opening_seats,
        kept_gross_seats,
        kept_net_seats,
        closing_seats,
        {{ school_retention('schools_kept', 'schools_opening') }} as school_retention,
        {{ gross_value_retention('kept_gross_value', 'opening_value') }} as gross_value_retention,
        {{ net_value_retention('kept_net_value', 'opening_value') }} as net_value_retention,
        {{ gross_seat_retention('kept_gross_seats', 'opening_seats') }} as gross_seat_retention,
        {{ net_seat_retention('kept_net_seats', 'opening_seats') }} as net_seat_retention,
        {{ is_small_cell('schools_opening') }} as is_small_cell
    from summed
)

select * from final
