with programmes as (
    select * from {{ ref('programmes') }}
),

course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
    where is_ccx = {{ bool(false) }}
),

counted as (
    select
        programmes.programme_id,
        programmes.course_number,
        count(course_runs.course_run_key) as course_runs
    from programmes
    left join course_runs
        on lower(programmes.course_number) = lower(course_runs.course_number)
        and (programmes.instance is null or programmes.instance = course_runs.instance)
    group by programmes.programme_id, programmes.course_number
),

final as (
    select
        programmes.programme_id,
        programmes.programme_name,
        programmes.course_number,
        programmes.role,
        programmes.run_type,
        programmes.pass_mark,
        programmes.instance,
        counted.course_runs
    from programmes
    inner join counted
        on programmes.programme_id = counted.programme_id
        and programmes.course_number = counted.course_number
)

select * from final
