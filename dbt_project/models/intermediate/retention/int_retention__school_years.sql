with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

academic_years as (
    select * from {{ ref('int_calendar__academic_years') }}
),

-- A school as a customer ('all'), and the same school by each product.
values_at_grains as (
    select
        school_key,
        'all' as product_key,
        currency,
        month,
        sum(value) as value,
        sum(seats) as seats
    from month_end_values
    group by school_key, currency, month
    union all
    select
        school_key,
        product_key,
        currency,
        month,
        value,
        seats
    from month_end_values
),

numbered as (
    select
        values_at_grains.*,
        row_number() over (partition by school_key, product_key, currency order by month) as place
    from values_at_grains
),

members as (
    select
        school_key,
        product_key,
        currency,
        month as first_month,
        {{ academic_year('month') }} as cohort_year,
        {{ academic_year_starts_on('month') }} as cohort_starts_on,
        value as starting_value,
        seats as starting_seats
    from numbered
    where place = 1
),

final as (
    select
        members.school_key,
        members.product_key,
        members.currency,
        members.cohort_year,
        academic_years.academic_year,
        year(academic_years.starts_on) - year(members.cohort_starts_on) as years_since_start,
        academic_years.is_over as is_year_over,
        members.starting_value,
        members.starting_seats,
        coalesce(year_openings.value, 0) as opening_value,
        coalesce(year_openings.seats, 0) as opening_seats,
        coalesce(year_ends.value, 0) as closing_value,
        coalesce(year_ends.seats, 0) as closing_seats
    from members
    inner join academic_years on members.first_month <= academic_years.last_month
    left join values_at_grains as year_openings
        on members.school_key = year_openings.school_key
        and members.product_key = year_openings.product_key
        and members.currency = year_openings.currency
        and {{ add_months('academic_years.starts_on', -1) }} = year_openings.month
    left join values_at_grains as year_ends
        on members.school_key = year_ends.school_key
        and members.product_key = year_ends.product_key
        and members.currency = year_ends.currency
        and academic_years.last_month = year_ends.month
)

select * from final
