with awards as (
    select * from {{ ref('stg_classroom__points') }}
),

stays as (
    select * from {{ ref('int_course_activity__classroom_stays_combined') }}
),

classes as (
    select * from {{ ref('int_course_activity__classroom_classes_described') }}
),

run_clock as (
    select * from {{ ref('int_calendar__run_clock') }}
),

class_awards as (
    select
        classes.course_run_key,
        stays.person_key,
        {{ month_start('awards.awarded_at') }} as month,
        awards.points
    from awards
    inner join stays
        on awards.instance = stays.instance
        and awards.user_id = stays.user_id
        and awards.class_id = stays.class_id
    inner join classes
        on awards.instance = classes.instance
        and awards.class_id = classes.class_id
    inner join run_clock on awards.awarded_at <= run_clock.as_of
),

final as (
    select
        course_run_key,
        person_key,
        month,
        cast(sum(points) as bigint) as points
    from class_awards
    group by course_run_key, person_key, month
)

select * from final
