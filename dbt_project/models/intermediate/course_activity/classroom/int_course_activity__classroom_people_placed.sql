with stays as (
    select * from {{ ref('int_course_activity__classroom_stays_combined') }}
),

classes as (
    select * from {{ ref('int_course_activity__classroom_classes_described') }}
),

-- A person with two accounts in one class is shown by the better placed one.
ranked as (
    select
        stays.*,
        classes.course_run_key,
        row_number() over (
            partition by stays.person_key, classes.course_run_key
            order by {{ status_rank('stays.status') }} asc, stays.joined_at asc, stays.user_id asc
        ) as place
    from stays
    inner join classes
        on stays.instance = classes.instance
        and stays.class_id = classes.class_id
),

final as (
    select
        person_key,
        course_run_key,
        instance,
        user_id,
        class_id,
        status,
        joined_at,
        left_at
    from ranked
    where place = 1
)

select * from final
