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
        learner_days.platform,
        dates.week_starts_on,
        {{ learners('learner_days.person_key') }} as learners
    from learner_days
    inner join dates on learner_days.activity_date = dates.date_day
    group by learner_days.platform, dates.week_starts_on
),

first_weeks as (
    select
        platform,
        min(week_starts_on) as first_week
    from attended
    group by platform
),

weeks as (
    select distinct
        first_weeks.platform,
        dates.week_starts_on
    from first_weeks
    inner join dates on first_weeks.first_week <= dates.week_starts_on
    inner join run_clock on dates.date_day <= run_clock.as_of_date
),

final as (
    select
        weeks.platform,
        weeks.week_starts_on,
        coalesce(attended.learners, 0) as learners
    from weeks
    left join attended
        on weeks.platform = attended.platform
        and weeks.week_starts_on = attended.week_starts_on
)

select * from final
