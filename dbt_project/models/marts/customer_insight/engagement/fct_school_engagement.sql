with month_end_values as (
    select * from {{ ref('int_subscriptions__month_end_values') }}
),

measured_products as (
    select * from {{ ref('int_engagement__measured_products') }}
),

school_months as (
    select * from {{ ref('int_engagement__school_months') }}
),

schools as (
    select * from {{ ref('dim_schools') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

platform_starts as (
    select
        platform,
        min(month) as first_month
    from school_months
    group by platform
),

seats as (
    select
        month_end_values.school_key,
        month_end_values.product_key,
        month_end_values.month,
        sum(month_end_values.seats) as seats
    from month_end_values
    inner join measured_products on month_end_values.product_key = measured_products.product_key
    group by month_end_values.school_key, month_end_values.product_key, month_end_values.month
),

activity as (
    select
        school_months.*,
        measured_products.product_key
    from school_months
    inner join measured_products
        on school_months.platform = measured_products.platform
        and measured_products.takes_activity = {{ bool(true) }}
    inner join schools
        on school_months.school_key = schools.school_key
        and schools.is_organisation = {{ bool(true) }}
    cross join run_clock
    where school_months.month <= run_clock.last_complete_month
),

-- Months with seats and no activity have a row, and months with activity and no seats.
together as (
    select
        coalesce(seats.school_key, activity.school_key) as school_key,
        coalesce(seats.product_key, activity.product_key) as product_key,
        coalesce(seats.month, activity.month) as month,
        cast(coalesce(seats.seats, 0) as bigint) as seats,
        coalesce(activity.active_learners, 0) as active_learners,
        coalesce(activity.active_teachers, 0) as active_teachers,
        coalesce(activity.activity_count, 0) as activity_count,
        activity.last_active_on
    from seats
    full outer join activity
        on seats.school_key = activity.school_key
        and seats.product_key = activity.product_key
        and seats.month = activity.month
),

placed as (
    select
        together.*,
        measured_products.platform,
        {{ engagement_measured('together.school_key', 'together.month', 'platform_starts.first_month') }}
            as measured
    from together
    inner join measured_products on together.product_key = measured_products.product_key
    left join platform_starts on measured_products.platform = platform_starts.platform
),

final as (
    select
        school_key,
        product_key,
        platform,
        month,
        {{ academic_year('month') }} as academic_year,
        {{ flag('measured = 1') }} as is_measured,
        seats,
        case when measured = 1 then active_learners end as active_learners,
        case when measured = 1 then active_teachers end as active_teachers,
        case when measured = 1 then {{ utilisation('active_learners', 'seats') }} end as utilisation,
        case when measured = 1 then activity_count end as activity_count,
        last_active_on,
        {{ is_small_cell('active_learners') }} as is_small_cell
    from placed
)

select * from final
