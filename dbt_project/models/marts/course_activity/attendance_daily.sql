with learner_days as (
    select * from {{ ref('int_engagement__account_days') }}
    where account_role = 'learner'
),

dates as (
    select * from {{ ref('dim_dates') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

attended as (
    select
        platform,
        activity_date,
        {{ learners('person_key') }} as learners
    from learner_days
    group by platform, activity_date
),

first_days as (
    select
        platform,
        person_key,
        min(activity_date) as activity_date
    from learner_days
    group by platform, person_key
),

newcomers as (
    select
        platform,
        activity_date,
        count(*) as new_learners
    from first_days
    group by platform, activity_date
),

platform_bounds as (
    select
        platform,
        min(activity_date) as first_day,
        max(learners) as most_learners
    from attended
    group by platform
),

days as (
    select
        platform_bounds.platform,
        platform_bounds.most_learners,
        dates.date_day as activity_date,
        dates.academic_year
    from platform_bounds
    inner join dates on platform_bounds.first_day <= dates.date_day
    inner join run_clock on dates.date_day <= run_clock.as_of_date
),

counted as (
    select
        days.*,
        coalesce(attended.learners, 0) as learners,
        coalesce(newcomers.new_learners, 0) as new_learners
    from days
    left join attended
        on days.platform = attended.platform
        and days.activity_date = attended.activity_date
    left join newcomers
        on days.platform = newcomers.platform
        and days.activity_date = newcomers.activity_date
),

final as (
    select
        platform,
        activity_date,
        academic_year,
        learners,
        new_learners,
        cast({{ cumulative_learners('new_learners', 'platform', 'activity_date') }} as bigint)
            as cumulative_learners,
        {{ is_peak_day('learners', 'most_learners') }} as is_peak_day
    from counted
)

select * from final
