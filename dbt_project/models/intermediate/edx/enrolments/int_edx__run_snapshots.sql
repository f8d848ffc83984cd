with course_runs as (
    select * from {{ ref('int_edx__course_runs') }}
),

snapshots as (
    select * from {{ ref('stg_edx__snapshots') }}
    where table_name = 'student_courseenrollment'
),

final as (
    select
        course_runs.instance,
        lower({{ edx_course_key('course_runs.course_id') }}) as course_key,
        course_runs.entity,
        course_runs.course_id,
        course_runs.course_run_key,
        snapshots.snapshot_date
    from course_runs
    left join snapshots
        on course_runs.instance = snapshots.instance
        and course_runs.entity = snapshots.entity
)

select * from final
