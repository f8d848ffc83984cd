with school_years as (
    select * from {{ ref('int_retention__school_years_labelled') }}
),

summed as (
    select
        breakdown,
        breakdown_value,
        currency,
        cohort_year,
        academic_year,
        years_since_start,
        is_year_over,
        cast(count(*) as bigint) as schools_started,
        cast(sum(case when opening_value > 0 then 1 else 0 end) as bigint) as schools_opening,
        cast(sum(case when opening_value > 0 and closing_value > 0 then 1 else 0 end) as bigint)
            as schools_kept,
        cast(sum(case when closing_value > 0 then 1 else 0 end) as bigint) as schools_closing,
        sum(starting_value) as starting_value,
        sum({{ kept_gross('starting_value', 'closing_value') }}) as kept_gross_value_since_start,
        sum(opening_value) as opening_value,
        sum({{ kept_gross('opening_value', 'closing_value') }}) as kept_gross_value,
        sum({{ kept_net('opening_value', 'closing_value') }}) as kept_net_value,
        sum(closing_value) as closing_value,
        sum(starting_seats) as starting_seats,
        sum({{ kept_gross('starting_seats', 'closing_seats') }}) as kept_gross_seats_since_start,
        sum(opening_seats) as opening_seats,
        sum({{ kept_gross('opening_seats', 'closing_seats') }}) as kept_gross_seats,
        sum({{ kept_net('opening_seats', 'closing_seats') }}) as kept_net_seats,
        sum(closing_seats) as closing_seats
    from school_years
    group by
        breakdown,
        breakdown_value,
        currency,
        cohort_year,
        academic_year,
        years_since_start,
        is_year_over
),

final as (
    select
        summed.*,
        {{ school_retention('schools_closing', 'schools_started') }} as school_retention_since_start,
        {{ gross_value_retention('kept_gross_value_since_start', 'starting_value') }}
            as gross_value_retention_since_start,
        {{ net_value_retention('closing_value', 'starting_value') }} as net_value_retention_since_start,
        {{ gross_seat_retention('kept_gross_seats_since_start', 'starting_seats') }}
            as gross_seat_retention_since_start,
        {{ net_seat_retention('closing_seats', 'starting_seats') }} as net_seat_retention_since_start,
        {{ is_small_cell('schools_started') }} as is_small_cell
    from summed
)

select * from final
