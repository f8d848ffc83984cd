with monthly_points as (
    select * from {{ ref('int_course_activity__classroom_points_summed') }}
),

dated as (
    select
        monthly_points.*,
        {{ academic_year_starts_on('month') }} as academic_year_starts_on,
        {{ academic_year('month') }} as academic_year
    from monthly_points
),

periods as (
    select
        course_run_key,
        person_key,
        'month' as period,
        month as period_starts_on,
        academic_year,
        points
    from dated
    union all
    select
        course_run_key,
        person_key,
        'academic_year' as period,
        academic_year_starts_on as period_starts_on,
        academic_year,
        cast(sum(points) as bigint) as points
    from dated
    group by course_run_key, person_key, academic_year_starts_on, academic_year
),

final as (
    select
        course_run_key,
        period,
        period_starts_on,
        academic_year,
        person_key,
        points,
        {{ points_rank('points', ['course_run_key', 'period', 'period_starts_on']) }} as points_rank,
        count(*) over (partition by course_run_key, period, period_starts_on) as learners
    from periods
)

select * from final
