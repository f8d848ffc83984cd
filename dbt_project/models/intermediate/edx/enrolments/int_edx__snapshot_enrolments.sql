with enrolments as (
    select * from {{ ref('stg_edx__enrollments') }}
),

snapshots as (
    select * from {{ ref('stg_edx__snapshots') }}
    where table_name = 'student_courseenrollment'
),

log_days as (
    select * from {{ ref('int_edx__log_days') }}
),

keyed as (
    select
        *,
        lower(course_key) as run_key
    from enrolments
),

-- MySQL finds ids in any case, so one file may have a course in two spellings; an account is on it once.
placed as (
    select
        keyed.instance,
        keyed.user_id,
        keyed.run_key as course_key,
        keyed.entity,
        keyed.is_active,
        coalesce(keyed.mode, 'unknown') as mode,
        keyed.enrolled_at,
        snapshots.snapshot_date,
        row_number() over (
            partition by keyed.instance, keyed.user_id, keyed.run_key
            order by snapshots.snapshot_date desc, keyed.enrolled_at asc, keyed.enrollment_id asc
        ) as place
    from keyed
    left join snapshots
        on keyed.instance = snapshots.instance
        and keyed.entity = snapshots.entity
),

final as (
    select
        placed.instance,
        placed.user_id,
        placed.course_key,
        placed.entity,
        placed.is_active,
        placed.mode,
        placed.enrolled_at,
        cast(placed.enrolled_at as date) as enrolled_on,
        placed.snapshot_date,
        {{ flag('log_days.event_date is not null') }} as is_in_logged_days
    from placed
    left join log_days
        on placed.instance = log_days.instance
        and cast(placed.enrolled_at as date) = log_days.event_date
    where placed.place = 1
)

select * from final
