with stays as (
    select * from {{ ref('int_course_activity__classroom_stays_combined') }}
),

classes as (
    select * from {{ ref('int_course_activity__classroom_classes_described') }}
),

measured_accounts as (
    select * from {{ ref('int_people__measured_accounts') }}
    where
        platform = 'classroom'
        and account_role = 'learner'
        and is_closed = {{ bool(false) }}
),

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
    select
        instance,
        account_id,
        person_key,
        {{ platform_key('classroom', ['instance']) }} as place_key,
        cast(null as {{ t_text(255) }}) as course_run_key
    from measured_accounts
)

select * from final
