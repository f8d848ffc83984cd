with memberships as (
    select * from {{ ref('stg_classroom__class_members') }}
    where lower(role) = 'student'
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

-- Each stay by itself: a learner who left and came back was not there between.
dated as (
    select
        memberships.instance,
        classes.course_run_key,
        stays.person_key,
        memberships.membership_id,
        coalesce(
            cast(memberships.joined_at as date),
            cast('{{ var('calendar_starts_on') }}' as date)
        ) as joined_on,
        case
            when memberships.left_at <= run_clock.as_of then cast(memberships.left_at as date)
            when stays.status = 'suspended' then run_clock.as_of_date
        end as left_on
    from memberships
    inner join stays
        on memberships.instance = stays.instance
        and memberships.user_id = stays.user_id
        and memberships.class_id = stays.class_id
    inner join classes
        on memberships.instance = classes.instance
        and memberships.class_id = classes.class_id
    cross join run_clock
),

final as (
    select
        instance,
        course_run_key,
        person_key,
        membership_id as unit_key,
        joined_on as state_date,
        case when left_on <= joined_on then 0 else 1 end as enrolled,
        'class' as mode
    from dated
    union all
    select
        instance,
        course_run_key,
        person_key,
        membership_id as unit_key,
        left_on as state_date,
        0 as enrolled,
        'class' as mode
    from dated
    where left_on > joined_on
)

select * from final
