with stays as (
    select * from {{ ref('int_course_activity__classroom_stays_combined') }}
),

classes as (
    select * from {{ ref('int_course_activity__classroom_classes_described') }}
),

measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
),

{{ account_learners('measured_accounts', 'classroom') }},

final as (
    select
        stays.instance,
        stays.user_id as account_id,
        stays.person_key,
        classes.course_run_key as place_key,
        classes.course_run_key
    from stays
    inner join classes
        on stays.instance = classes.instance
        and stays.class_id = classes.class_id
    union all
    select * from account_learners
)

select * from final
